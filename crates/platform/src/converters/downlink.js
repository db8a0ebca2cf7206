// Turns a message of the rule chain into what is published to the broker.
//   msg                 - the message; a command has method and params (JSON as text)
//   metadata            - deviceName, deviceType and what the chain added
//   msgType             - kind of the message, RPC_CALL_FROM_SERVER_TO_DEVICE for a command
//   integrationMetadata - integrationName and the metadata of the integration
// Return an object, an array of objects, or null to publish nothing.

var topic = "devices/" + metadata.deviceName + "/commands";

var data = msg;
if (msg.method === "setValue") {
    data = { value: JSON.parse(msg.params) };
} else if (msg.method) {
    data = { method: msg.method, params: JSON.parse(msg.params) };
}

return {
    contentType: "JSON",
    data: JSON.stringify(data),
    metadata: { topic: topic }
};
