# One image for the server, one for the subcontractor; both from the same build.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
COPY scripts/copy-resources.mjs scripts/
RUN npm run build && npm prune --omit=dev --no-audit --no-fund
# The client of KurrentDB is not part of the image unless asked for: a part of it carries the Kurrent License.
ARG KURRENTDB_CLIENT=
RUN if [ -n "$KURRENTDB_CLIENT" ]; then \
      npm install --no-save --no-audit --no-fund "@kurrent/kurrentdb-client@$KURRENTDB_CLIENT"; fi

FROM node:24-bookworm-slim AS base
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist

FROM base AS contractor
# Zones are checked by named-checkzone, and BIND is told by rndc.
RUN apt-get update && apt-get install -y --no-install-recommends bind9-utils && rm -rf /var/lib/apt/lists/*
RUN mkdir /data /nats /zones && chown node:node /data /nats /zones
USER node
VOLUME /data
EXPOSE 8080
CMD ["node", "dist/apps/contractor/src/main.js"]

FROM base AS subcontractor
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping procps && rm -rf /var/lib/apt/lists/*
RUN mkdir /state && chown node:node /state
USER node
VOLUME /state
CMD ["node", "dist/apps/subcontractor/src/main.js"]
