# One image for the server, one for the subcontractor; both install the package that npm pack makes.
# BASE: any image with Node.js 24 and npm on Debian.
ARG BASE=node:24-bookworm-slim
FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json README.md LICENSE ./
COPY libs libs
COPY apps apps
COPY docs docs
COPY scripts scripts
RUN mkdir /package && npm pack --pack-destination /package && mv /package/contractor-*.tgz /package/contractor.tgz

FROM ${BASE} AS base
ENV NODE_ENV=production
ENV PATH=/app/node_modules/.bin:$PATH
WORKDIR /app
COPY --from=build /package/contractor.tgz /app/
# The client of KurrentDB is not part of the image unless asked for: a part of it carries the Kurrent License.
ARG KURRENTDB_CLIENT=
RUN npm install --omit=dev --no-audit --no-fund /app/contractor.tgz \
      ${KURRENTDB_CLIENT:+"@kurrent/kurrentdb-client@$KURRENTDB_CLIENT"} \
    && rm /app/contractor.tgz

FROM base AS contractor
# Zones are checked by named-checkzone, and BIND is told by rndc.
RUN apt-get update && apt-get install -y --no-install-recommends bind9-utils && rm -rf /var/lib/apt/lists/*
RUN mkdir /data /nats /zones && chown node:node /data /nats /zones
USER node
VOLUME /data
EXPOSE 8080
CMD ["contractor", "serve"]

FROM base AS subcontractor
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping ipmitool procps && rm -rf /var/lib/apt/lists/*
RUN mkdir /state && chown node:node /state
USER node
VOLUME /state
CMD ["subcontractor"]
