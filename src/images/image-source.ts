/** What a source of pictures owes the core: the bytes behind an address that a customer's message named, or why not. */
import type { EngineImage, ImageLimits } from '../engine/engine.ts';

export type ImageProblem =
  | 'not-allowed' // on no list, a private address, or somewhere else by a redirect
  | 'expired' // signed addresses of the platforms live for minutes
  | 'too-large' // in bytes or in pixels
  | 'too-long' // a strip that no model takes
  | 'wrong-kind' // no picture, or a format that the model does not take
  | 'unreachable'
  | 'too-slow';

export type FetchedImage =
  | { readonly kind: 'image'; readonly image: EngineImage }
  | {
      readonly kind: 'refused';
      readonly problem: ImageProblem;
      /** Of an address that is on no list, so that the operator can put it on: never a path, which may be signed. */
      readonly host?: string;
    };

export interface ImageSource {
  /** Always resolves; after the signal fires soon, and with whatever. Nothing of the picture or its address is kept or logged. */
  fetchImage(address: string, limits: ImageLimits, signal: AbortSignal): Promise<FetchedImage>;
  close(): Promise<void>;
}
