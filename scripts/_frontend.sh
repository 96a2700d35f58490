# shellcheck shell=bash
# Makes what builds and tests the front end. Sourced by the scripts that need it.

NODE_WANTED='20.19'

# Installs the packages of frontend/package-lock.json into frontend/node_modules, if they are not there yet.
make_node_modules() {
  local folder="$ROOT/frontend" stamp wanted
  node -e "
    const [major, minor] = process.versions.node.split('.').map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);" 2>/dev/null ||
    die "the front end needs Node $NODE_WANTED or newer, and there is $(node --version 2>/dev/null || echo none)." \
      "Install it (https://nodejs.org; Debian 13 and newer: 'sudo apt-get install nodejs npm')."
  command -v npm >/dev/null 2>&1 || die "there is Node but no npm. Install it ('sudo apt-get install npm')."
  stamp="$folder/node_modules/.made-for"
  wanted="$(node --version) $(cksum <"$folder/package-lock.json")"
  if [[ -f "$stamp" && "$(cat "$stamp")" == "$wanted" ]]; then return; fi
  say "Installing the packages of frontend/package-lock.json ..."
  mkdir -p "$TOOLS"
  # No package needs its scripts, so none may run any.
  (cd "$folder" && npm ci --cache "$TOOLS/npm" --ignore-scripts --no-audit --no-fund >"$TOOLS/npm.log" 2>&1) || {
    tail -n 5 "$TOOLS/npm.log" >&2
    die "the packages of the front end could not be installed. Is there a network?"
  }
  printf '%s\n' "$wanted" >"$stamp"
}

# Checks the types and the tests of the front end, and that the module in the integration is built from these sources.
check_frontend() {
  local module="custom_components/twc_manager/frontend/twc-manager.js" built failed=0
  make_node_modules
  built="$(mktemp -d)"
  (
    cd "$ROOT/frontend"
    npm run --silent check || exit 1
    npm run --silent test || exit 1
    node build.mjs "$built/twc-manager.js"
  ) || failed=1
  if [[ "$failed" == 0 ]] && ! cmp -s "$built/twc-manager.js" "$ROOT/$module"; then
    say "$module is not built from frontend/: run 'npm run build' there, or scripts/lint --fix."
    failed=1
  fi
  rm -rf "$built"
  return "$failed"
}
