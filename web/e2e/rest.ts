/** Preparing what a test looks at, through the API. */
import { EMAIL, PASSWORD } from "./processes";

export interface Saved {
  id: { id: string; entityType: string };
  name: string;
}

export class Rest {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async signIn(url: string, username = EMAIL, password = PASSWORD): Promise<Rest> {
    const reply = await fetch(`${url}/api/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    const { token } = (await reply.json()) as { token: string };
    return new Rest(url, token);
  }

  async get<T>(path: string): Promise<T> {
    return this.#call<T>("GET", path);
  }

  async post<T = Saved>(path: string, body: unknown): Promise<T> {
    return this.#call<T>("POST", path, body);
  }

  async put(path: string): Promise<void> {
    await this.#call<unknown>("PUT", path);
  }

  async delete(path: string): Promise<void> {
    await this.#call<unknown>("DELETE", path);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(`${this.#url}${path}`, {
      method,
      headers: { "X-Authorization": `Bearer ${this.#token}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

export const DECODER = `var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[1],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: body
};`;

/** A converter and an integration that reads `site/+/values`. */
export async function connected(rest: Rest, port: number, name: string): Promise<Saved> {
  const converter = await rest.post("/api/converter", {
    name: `${name} decoder`,
    type: "UPLINK",
    configuration: { scriptLang: "TBEL", tbelDecoder: DECODER },
    debugSettings: { failuresEnabled: true, allEnabled: true },
  });
  return rest.post("/api/integration", {
    name,
    type: "MQTT",
    enabled: true,
    allowCreateDevicesOrAssets: true,
    defaultConverterId: converter.id,
    debugSettings: { failuresEnabled: true, allEnabled: true },
    configuration: {
      clientConfiguration: {
        host: "127.0.0.1",
        port,
        cleanSession: false,
        credentials: { type: "anonymous" },
      },
      topicFilters: [{ filter: "site/+/values", qos: 1 }],
    },
  });
}
