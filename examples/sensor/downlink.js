var number = parseInt(String(msg.params).split('"').join(""), 10);
if (isNaN(number)) { throw new Error("params is not a number: " + msg.params); }
return {
    contentType: "JSON",
    data: JSON.stringify({ value: number }),
    metadata: { topic: "tb/mqtt-integration-tutorial/sensors/" + metadata.deviceName + "/rx" }
};
