# syntax=docker/dockerfile:1
# Major version and Debian release are fixed; security fixes of both arrive with the next build.

FROM node:24-bookworm-slim AS build
WORKDIR /app
# Package files first: as long as they stay the same, a change of the sources reuses the installed packages.
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
COPY console ./console
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# 3 s of "not ready" before the door closes: long enough for a load balancer that asks every second or two.
# The allocator is read before any code of ours: a dozen threads share two arenas, and 1 MB that is free goes back (ARCHITECTURE.md).
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=1048576 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data \
    SHUTDOWN_DRAIN_MS=3000
WORKDIR /app
# The folder must belong to the user before it becomes a volume: a new volume takes its owner from here.
RUN mkdir /data && chown 1000:1000 /data
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The user "node" of the base image, by number: Kubernetes' runAsNonRoot cannot check a name.
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=4s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: it would stand between the signal and the server. The flag is that of `npm start` (ARCHITECTURE.md).
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "--no-allocation-site-pretenuring", "dist/server.js"]
