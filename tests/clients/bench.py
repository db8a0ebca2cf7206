"""Integrations for tests: what one is made of."""

import uuid

from proof import fresh


def integration(port, uplink, topic, downlink=None, **more):
    """The JSON of an MQTT integration to a broker on loopback."""
    return {
        "name": fresh("integration"),
        "type": "MQTT",
        "enabled": True,
        "remote": False,
        "allowCreateDevicesOrAssets": True,
        "defaultConverterId": uplink["id"],
        "downlinkConverterId": downlink and downlink["id"],
        "routingKey": str(uuid.uuid4()),
        "configuration": {
            "clientConfiguration": {
                "host": "127.0.0.1",
                "port": port,
                "cleanSession": True,
                "ssl": False,
                "connectTimeoutSec": 3,
                "credentials": {"type": "anonymous"},
            },
            "downlinkTopicPattern": "${topic}",
            "topicFilters": [{"filter": topic, "qos": 1}],
            "metadata": {},
        },
        **more,
    }
