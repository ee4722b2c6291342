/** Looks at Node before anything else is imported: an older one fails on the first import that names what it lacks, with a stack and no
 *  advice, before a line of ours has run. So this file imports nothing, and programs load the rest of themselves from here. */

/** As `engines` in package.json. */
const MINIMUM_NODE = [22, 20] as const;

/** @param command brings its own Node along
 *  @param start only called where Node fits; else one line says what to do, and the process ends with 1 */
export function onFittingNode(command: string, start: () => void): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = MINIMUM_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
    start();
    return;
  }
  process.stderr.write(
    `malgil needs Node ${MINIMUM_NODE.join('.')} or newer and this is ${process.version}: use \`${command}\`, which brings its own Node along, or install Node 24.\n`,
  );
  process.exitCode = 1;
}
