# The bot alone, bundled: no packages, no sandbox, no tests, no backend-api. Configuration and tokens come at run time.
# Its steps are replayed by a test in an empty folder; where it was written there was no Docker to build it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --workspaces=false --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build.mjs ./scripts/build.mjs
COPY src ./src
RUN node scripts/build.mjs

FROM node:24-slim
ENV NODE_ENV=production
ENV NODE_COMPILE_CACHE=/app/.compiled
ENV D2_CONFIG=/etc/d2/d2.yaml
WORKDIR /app
COPY package.json ./
COPY --from=build /app/dist ./dist
# Fills the compile cache, and fails here if anything that production needs is missing.
RUN mkdir -p .compiled && node dist/cli.cjs --version && chmod -R a+rwX .compiled
USER node
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["node", "dist/healthcheck.js"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
