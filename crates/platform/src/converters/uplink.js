// Turns one message from the broker into a device and its data.
//   payload  - the bytes of the message
//   metadata - topic, integrationName and the metadata of the integration
// Return an object, or an array of objects when one message speaks for several devices.

var data = decodeToJson(payload);

// The payload may name its device; otherwise each topic is a device of its own.
var name = data.deviceName || metadata.topic;
var type = data.deviceType || "default";
delete data.deviceName;
delete data.deviceType;

return {
    deviceName: name,
    deviceType: type,
    attributes: { integrationName: metadata.integrationName },
    telemetry: data
};
