var body = decodeToJson(payload);
return {
    deviceName: body.deviceName,
    deviceType: body.deviceType,
    attributes: {
        integrationName: metadata.integrationName,
        deviceName: body.deviceName,
        deviceType: body.deviceType
    },
    telemetry: [ { ts: body.timestamp, values: { temperature: body.temperature } } ]
};
