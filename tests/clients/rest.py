"""The two generations of the client package under one name."""

import json

try:
    from tb_rest_client.rest_client import RestClient as Client
    from tb_rest_client import models

    GENERATION = "4.4"
except ImportError:
    # Its models are spread over two packages; the client imports both.
    from tb_rest_client import rest_client_pe as models
    from tb_rest_client.rest_client_pe import RestClientPE as Client

    GENERATION = "4.3"

__all__ = ["Client", "GENERATION", "body", "inbox", "models", "save_device", "shown"]


def save_device(client, plain, name):
    """Makes a device. The older client wants its profile named."""
    profile = plain.get("/api/deviceProfileInfo/default")["id"]
    profile = models.DeviceProfileId(id=profile["id"], entity_type="DEVICE_PROFILE")
    return client.save_device(body=models.Device(name=name, type="default", device_profile_id=profile))


def body(values):
    """What calls with a free body take: JSON text, or in the older generation the object itself."""
    return json.dumps(values) if GENERATION == "4.4" else values


def shown(client, reply):
    """What the package understood of an answer, as JSON whichever generation's models hold it."""
    return client.api_client.sanitize_for_serialization(reply)


def inbox(client, **how):
    """The first notes of the inbox. The older client's own method hands its controller an argument that this does not
    know, so the controller is asked."""
    if GENERATION == "4.4":
        page = client.get_notifications(page_size=50, page=0, **how)
    else:
        page = client.notification_controller.get_notifications_using_get(page_size=50, page=0, **how)
    return shown(client, page)["data"]
