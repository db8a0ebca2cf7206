var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};
