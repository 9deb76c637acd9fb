/** The part of the package that is used here; it comes without types. */
declare module "html-encoding-sniffer" {
  interface Options {
    readonly transportLayerEncodingLabel?: string | undefined;
    readonly defaultEncoding?: string;
  }

  /** @returns The canonical name of an encoding, as the Encoding Standard writes it. */
  export default function sniffEncoding(bytes: Uint8Array, options?: Options): string;
}
