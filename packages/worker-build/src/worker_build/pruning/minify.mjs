/** The glue, minified in place: `node minify.mjs TERSER/package.json FILE`. */
import fs from 'node:fs';
import { createRequire } from 'node:module';

const [terser, file] = process.argv.slice(2);
const { minify } = createRequire(terser)('./dist/bundle.min.js');
// Names of classes are seen by users, in errors.
const { code } = await minify(fs.readFileSync(file, 'utf8'), {
  module: true, ecma: 2022, compress: { keep_classnames: true }, mangle: { keep_classnames: true },
});
fs.writeFileSync(file, code);
