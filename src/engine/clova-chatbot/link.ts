/** An address as a link can carry it. The chatbot's may lack their scheme (`ncloud.com`); what is no web address is `undefined`. */
export function webAddress(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const hasScheme = /^[a-z][a-z0-9+-]*:(?!\d)/i.test(written);
  const address = hasScheme ? written : `https://${written}`;
  if (!/^https?:\/\/[^\s]+$/i.test(address) || !URL.canParse(address)) return undefined;
  return hasScheme || new URL(address).hostname.includes('.') ? address : undefined;
}
