import { createHmac } from 'node:crypto';

/** `X-NCP-CHATBOT_SIGNATURE`: base64 of HMAC-SHA256 over the very text that is sent, in UTF-8. The key is the text of the Secret Key: it often
 *  looks like base64 and must not be decoded.
 *  Source: https://api.ncloud-docs.com/docs/ai-application-service-chatbot (code samples; read 2026-11-22) */
export function signBody(secret: string, body: string): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(body, 'utf8').digest('base64');
}
