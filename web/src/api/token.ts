/** Reads the claims of an access token. Nothing here checks signatures: that is the server's work. */

export interface Claims {
  sub: string;
  userId: string;
  tenantId: string;
  /** An id that means nobody, for people of the tenant. */
  customerId?: string;
  scopes: string[];
  firstName?: string;
  lastName?: string;
  iat: number;
  exp: number;
}

/** The claims of a token; undefined when it is not one. */
export function claims(token: string): Claims | undefined {
  const middle = token.split(".")[1];
  if (!middle) return undefined;
  try {
    const bytes = Uint8Array.from(atob(middle.replace(/-/g, "+").replace(/_/g, "/")), (one) =>
      one.charCodeAt(0),
    );
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isClaims(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isClaims(read: unknown): read is Claims {
  if (typeof read !== "object" || read === null) return false;
  const members = read as Record<string, unknown>;
  return (
    typeof members.sub === "string" &&
    typeof members.exp === "number" &&
    typeof members.iat === "number" &&
    Array.isArray(members.scopes)
  );
}

/** When a token that came at `now` runs out by this computer's clock, which may differ from the server's. */
export function runsOutAt(read: Claims, now: number): number {
  return now + (read.exp - read.iat) * 1000;
}
