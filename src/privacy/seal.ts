/** Personal data that must be kept for a while, so that whoever reads the disk reads nothing. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Seal {
  /** @param place what the text belongs to; it opens in no other place */
  close(text: string, place: string): string;
  /** Undefined for what was sealed with another key, belongs elsewhere or was changed. */
  open(sealed: string, place: string): string | undefined;
}

/** AES-256: what `DATA_KEY` must hold. */
export const SEAL_KEY_BYTES = 32;

/** NIST SP 800-38D: 96 bits, never the same twice under one key. Random ones are good for 2^32 texts. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** In front of what it sealed, so that another cipher can come one day. */
const AES_256_GCM = 1;

/** @param key {@link SEAL_KEY_BYTES} random bytes */
export function createSeal(key: Uint8Array): Seal {
  return {
    close(text, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(AES_256_GCM), nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes[0] !== AES_256_GCM || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
      const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(tag);
      try {
        const text = decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** 64 hexadecimal digits, or base64 of as many bytes; undefined for anything else. */
export function readSealKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === SEAL_KEY_BYTES ? bytes : undefined;
}
