#!/bin/bash
# One machine's package manager and system commands, each a link to this. Installing makes a package's commands appear.
# MACHINE is its folder: bin (on PATH), packages (one file each, holding the version), and what a test puts there.
set -euo pipefail
PATH="$PATH:/usr/bin:/bin"
MACHINE="${0%/bin/*}"
name="${0##*/}"
echo "$name $*" >>"$MACHINE/calls"

# A test breaks a command, or one of its verbs, by writing how often it fails into broken/<command> [<verb>].
for broken in "$name" "$name ${1:-}" "$name ${*:1:2}"; do
  if [[ -e $MACHINE/broken/$broken ]] && (($(<"$MACHINE/broken/$broken") > 0)); then
    echo $(($(<"$MACHINE/broken/$broken") - 1)) >"$MACHINE/broken/$broken"
    echo "$name: broken by the test" >&2
    exit 1
  fi
done

bring() { ln -sf "$MACHINE/stand-ins.sh" "$MACHINE/bin/$1"; }
said() { echo "$(<"$MACHINE/versions/$1")"; }

install_package() {
  local package="$1"
  case "$package" in
    *amazon-ssm-agent.rpm) said amazon-ssm-agent-newest >"$MACHINE/packages/amazon-ssm-agent" ;;
    awscli-2) bring aws ;;
    mariadb105) bring mysql ;;
    amazon-cloudwatch-agent) bring amazon-cloudwatch-agent-ctl ;;
    nodejs*-npm) bring "npm-${package//[^0-9]/}" ;;
    nodejs*) bring "node-${package//[^0-9]/}" ;;
  esac
  [[ $package == *.rpm ]] || : >>"$MACHINE/packages/$package"
  [[ ! -e $MACHINE/unregistered ]] || return 0
  # The first version becomes `node` and `npm`, as `alternatives` has it.
  case "$package" in
    nodejs*-npm) [[ -e $MACHINE/bin/npm ]] || alternative npm "npm-${package//[^0-9]/}" ;;
    nodejs[0-9]*) [[ -e $MACHINE/bin/node ]] || alternative node "node-${package//[^0-9]/}" ;;
  esac
}

alternative() {
  if [[ -e $MACHINE/real/$1 ]]; then ln -sf "$(readlink "$MACHINE/real/$1")" "$MACHINE/bin/$1"; else
    bring "$1"
    echo "${2##*-}" >"$MACHINE/versions/$1-major"
  fi
}

# Runs what the unit's ExecStart says, with the unit's environment and nothing else.
start_unit() {
  local unit="$D2_ROOT/etc/systemd/system/$1.service" settings
  [[ ! -e $MACHINE/active/$1 ]] || return 0
  mkdir -p "$MACHINE/active"
  if [[ -e $unit ]]; then
    mapfile -t settings < <(sed -n 's/^Environment=//p' "$unit")
    read -ra command < <(sed -n 's/^ExecStart=//p' "$unit")
    env -i HOME="$D2_ROOT/root" "${settings[@]/#PATH=/PATH=$MACHINE/bin:}" "${command[@]}" >>"$MACHINE/journal" 2>&1
  fi
  : >>"$MACHINE/active/$1"
}

case "$name" in
  dnf)
    for package in "$@"; do
      case "$package" in install | -*) ;; *) install_package "$package" ;; esac
    done
    ;;
  rpm)
    for package in "$@"; do
      case "$package" in -* | %*) continue ;; esac
      if [[ ! -e $MACHINE/packages/$package ]]; then
        echo "package $package is not installed"
        exit 1
      fi
      echo "$(<"$MACHINE/packages/$package")"
    done
    ;;
  alternatives) if [[ $1 == --set ]]; then alternative "$2" "$3"; else alternative "$3" "$4"; fi ;;
  systemctl)
    case "$*" in
      'enable --now '*) start_unit "$3" ;;
      'restart '*) : >>"$MACHINE/restarted" ;;
    esac
    ;;
  amazon-cloudwatch-agent-ctl)
    if [[ $* == '-a status' ]]; then
      printf '{"status": "%s"}\n' "$([[ -e $MACHINE/agent.json ]] && echo running || echo stopped)"
    else
      file="${*: -1}"
      jq . "${file#file:}" >"$MACHINE/agent.json"
    fi
    ;;
  curl) ;;
  node) echo "v$(said node-major).20.2" ;;
  npm)
    case "$*" in
      --version) said npm ;;
      'install --global --prefix '*)
        mkdir -p "$4/bin" "$4/lib/node_modules/pm2"
        package="${*: -1}"
        printf '{"version": "%s"}\n' "${package##*@}" >"$4/lib/node_modules/pm2/package.json"
        if [[ -e $MACHINE/real/pm2 ]]; then ln -sf "$(readlink "$MACHINE/real/pm2")" "$4/bin/pm2"; else
          printf '#!/bin/bash\nexec %s/bin/pm2-of-the-test "$@"\n' "$MACHINE" >"$4/bin/pm2"
          chmod +x "$4/bin/pm2"
        fi
        ;;
      'run --silent migrate') echo "$DB_USER in $PWD" >>"$MACHINE/migrations" ;;
    esac
    ;;
  # Keeps a list as PM2 does: name and pid, 0 for a stopped one.
  pm2-of-the-test)
    list="$PM2_HOME/list"
    case "$1" in
      describe) grep -q "^$2 " "$list" ;;
      pid) sed -n "s/^$2 //p" "$list" ;;
      start) echo "$(basename "$(dirname "$(dirname "$2")")") 4711" >>"$list" ;;
      resurrect) : >>"$list" ;;
    esac
    ;;
  aws)
    case "$*" in
      --version) echo 'aws-cli/2.0.0' ;;
      's3 cp '*) cp "$MACHINE/buckets/${4#s3://}" "$5" ;;
      's3api list-objects-v2 '*)
        find "$MACHINE/buckets/$4" -type f -printf '%TY-%Tm-%TdT%TT %P\n' | jq -Rn --arg prefix "$6" '
          {Contents: [inputs | split(" ") | {LastModified: .[0], Key: .[1]} | select(.Key | startswith($prefix))]}'
        ;;
      'rds describe-db-instances '*) cat "$MACHINE/databases.json" ;;
      *) exit 252 ;;
    esac
    ;;
esac
