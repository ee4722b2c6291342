/** What is started. It imports nothing before it has looked at Node: an older one fails on the first import that names what it lacks,
 *  with a stack and no advice, before a line of ours has run. */

/** As `engines` in package.json. */
const MINIMUM_NODE = [22, 20] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor] = MINIMUM_NODE;
if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
  import('./process.ts').then(({ main }) => main());
} else {
  process.stderr.write(
    `malgil needs Node ${MINIMUM_NODE.join('.')} or newer and this is ${process.version}: use \`npm start\`, which brings its own Node along, or install Node 24.\n`,
  );
  process.exitCode = 1;
}
