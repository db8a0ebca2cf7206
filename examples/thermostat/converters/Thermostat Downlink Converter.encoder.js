var setpoint = JSON.parse(String(msg.params).split('"').join(""));
return {
    contentType: "JSON",
    data: setpoint,
    metadata: { topic: "devices/" + msg.deviceName + "/temperature/settings" }
};
