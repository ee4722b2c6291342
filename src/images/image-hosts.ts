/** Reads a list of exact hosts (`shop-phinf.pstatic.net`), suffixes (`.kakaocdn.net`) and origins (`http://127.0.0.1:8700`).
 *  Hosts and suffixes mean https on port 443; anything else only where that exact origin is listed. An address of a listed host
 *  that begins with http:// is asked for by https: older events still write it so. */
export function readImageHosts(entries: readonly string[]): (address: string) => URL | undefined {
  const origins = new Set(entries.filter((entry) => entry.includes('://')));
  const hosts = new Set(entries.filter((entry) => !entry.includes('://') && !entry.startsWith('.')));
  const suffixes = entries.filter((entry) => entry.startsWith('.'));
  return (address) => {
    const url = URL.parse(address);
    if (url === null || url.username !== '' || url.password !== '') return undefined;
    if (origins.has(url.origin)) return url;
    const isListed = hosts.has(url.hostname) || suffixes.some((suffix) => url.hostname.endsWith(suffix));
    if (!isListed || url.port !== '' || !/^https?:$/.test(url.protocol)) return undefined;
    url.protocol = 'https:';
    return url;
  };
}
