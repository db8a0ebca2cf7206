/** Pictures that a dashboard names: only those that come with it or from this server are shown. */

const INLINE = /^data:image\/(png|jpeg|jpg|gif|webp|svg\+xml|avif|bmp|x-icon)[;,]/i;

/** The address of a picture; `foreign` for one of another server, which is not asked. */
export function pictureOf(stored: string): { url: string } | "foreign" | undefined {
  // The original product marks pictures of its own library.
  const address = stored.trim().replace(/^tb-image;/, "");
  if (address === "") return undefined;
  if (INLINE.test(address)) return { url: address };
  if (address.startsWith("/") && !/^\/[/\\]/.test(address)) return { url: address };
  return "foreign";
}

/** As a value of `background-image`. */
export function asCssUrl(url: string): string {
  return `url("${url.replace(/["\\\n\r\f]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, "0")}`)}")`;
}
