/**
 * The one command: `npm start` and `npm test`. Needs Node 20 and npm, nothing else; everything after it runs on the Node that npm brings.
 * Written so that a Node far too old still gets as far as the sentence that says so.
 */
var NODE_MAJOR_MIN = 20;
var major = Number(process.versions.node.split('.')[0]);

if (major < NODE_MAJOR_MIN) {
  console.error('Node ' + process.versions.node + ' is too old: install Node ' + NODE_MAJOR_MIN + ' or newer, then run the same command again.');
  process.exitCode = 1;
} else {
  void import('./start/main.mjs').then(function (start) {
    return start.main(process.argv.slice(2));
  });
}
