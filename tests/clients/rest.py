"""The two generations of the client package under one name."""

try:
    from tb_rest_client.rest_client import RestClient as Client
    from tb_rest_client import models

    GENERATION = "4.4"
except ImportError:
    from tb_rest_client.models import models_pe as models
    from tb_rest_client.rest_client_pe import RestClientPE as Client

    GENERATION = "4.3"

__all__ = ["Client", "GENERATION", "models"]
