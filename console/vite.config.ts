import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// A NODE_ENV left over in the environment would put React's development build, twice the size, in front of customers.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production';

export default defineConfig({
  root: here('.'),
  // The same files are served at `/`, at `/bots/<id>/` and behind any prefix of a reverse proxy.
  base: './',
  plugins: [react()],
  build: {
    outDir: here('../dist/console'),
    emptyOutDir: true,
    // Inlined assets are data: URLs, which the content security policy of the pages does not allow.
    assetsInlineLimit: 0,
    // One module per page: there is nothing to preload.
    modulePreload: false,
    rolldownOptions: { input: { chat: here('index.html') } },
  },
});
