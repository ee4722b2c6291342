/** Our id in a form that is safe in a header: ids of platforms are foreign text. */
export function requestIdHeader(requestId: string): string {
  return requestId.replace(/[^\x21-\x7e]/g, '-').slice(0, 128);
}
