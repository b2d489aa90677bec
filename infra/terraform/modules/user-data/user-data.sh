#!/bin/bash
# Makes an Amazon Linux 2023 machine what the guide's section 2 verifies, and brings the service up. It runs at first
# boot and, having kept itself, at every later one: what is there already is left alone, what is missing is mended.
# Terraform writes the settings that it asks for here above it.
set -Eeuo pipefail
shopt -s lastpipe

: "${REGION:?}" "${SERVICE:?}" "${LOG_GROUP:?}" "${APPLICATION:?}" "${NODE_MAJOR:?}" "${PM2_VERSION:?}"
: "${SSM_AGENT_VERSION:?}" "${PORT:?}" "${HEALTH_PATH:?}" "${MIGRATE:?}" "${METRICS:?}"
: "${NEWEST:?}" "${ARTIFACT_BUCKET?}" "${CURRENT?}" "${RELEASE?}" "${SETTINGS?}" "${DATABASE_IDENTIFIER?}"

# Empty on a machine; tests put a folder here, in front of every path.
root="${D2_ROOT:-}"
# A NAT gateway that was made together with the machine comes up minutes after it.
tries="${D2_TRIES:-30}"
pause="${D2_PAUSE:-10}"

kept="$root/var/lib/cloud/scripts/per-boot/d2-user-data"
app="$root/opt/apps/$SERVICE"
pm2_home="$root/root/.pm2"
pm2_bin="$root/usr/local/bin/pm2"
temporary="$(mktemp -d)"

# cloud-init sets no HOME, which npm and PM2 need.
export HOME="$root/root" PATH="${PATH:+$PATH:}$root/usr/local/sbin:$root/usr/local/bin:$root/usr/sbin:$root/usr/bin"
umask 022

changed=no
step=start
hint='read the lines above.'

on_error() {
  local code=$? frame
  # Only once: a command substitution that fails makes its own line fail too.
  ((BASH_SUBSHELL == 0)) || exit "$code"
  trap - ERR
  for frame in "${!FUNCNAME[@]}"; do [[ ${FUNCNAME[frame]} != "$step" ]] || break; done
  # The guide greps cloud-init-output.log for `error`.
  say "ERROR in step $step, line ${BASH_LINENO[frame - 1]} (exit code $code)" >&2
  say "Next step: $hint Then run it again: sudo $kept" >&2
  exit "$code"
}
trap on_error ERR
trap 'rm -rf "$temporary"' EXIT

# step <function> <what to do when it fails>
step() {
  step="$1"
  hint="$2"
  say "$step"
  "$1"
}

say() { printf 'd2 user_data: %s\n' "$*"; }

die() {
  say "$*" >&2
  return 1
}

# Something that needs the network, again until it succeeds.
retry() {
  local left="$tries"
  until "$@"; do
    ((left -= 1)) || die "failed $tries times: $*"
    say "failed, again in $pause s: $*"
    sleep "$pause"
  done
}

at_least() { printf '%s\n%s\n' "$2" "$1" | sort -V -C; }

# put <path> <mode>: standard input becomes the file, in one step; `changed` says whether it was another.
put() {
  cat >"$temporary/put"
  changed=no
  if [[ ! -e $1 || $(<"$1") != "$(<"$temporary/put")" ]]; then
    install -D -m "$2" "$temporary/put" "$1.new"
    mv -f "$1.new" "$1"
    changed=yes
  fi
}

keep_for_every_boot() {
  if [[ ! $0 -ef $kept ]]; then install -D -m 700 "$0" "$kept"; fi
}

agent_version() { rpm -q --qf '%{VERSION}' amazon-ssm-agent; }

install_ssm_agent() {
  local version
  version="$(agent_version)" || version=0
  if ! at_least "$version" "$SSM_AGENT_VERSION"; then
    say "the SSM agent is $version: taking the newest"
    retry dnf install -y -q \
      "https://s3.$REGION.amazonaws.com/amazon-ssm-$REGION/latest/linux_amd64/amazon-ssm-agent.rpm"
    version="$(agent_version)"
    at_least "$version" "$SSM_AGENT_VERSION" ||
      die "the SSM agent is $version, and the bot's documents need $SSM_AGENT_VERSION"
    systemctl restart amazon-ssm-agent
  fi
  systemctl enable --now amazon-ssm-agent
}

install_all() { rpm -q "$@" >/dev/null || retry dnf install -y -q "$@"; }

# What sections 4 and 5.9 of the guide call too: nslookup, nc, telnet, netstat, lsof, htop.
install_packages() {
  install_all awscli-2 mariadb105 jq nmap-ncat bind-utils telnet net-tools lsof htop \
    tar gzip logrotate amazon-cloudwatch-agent
  # The database takes no connection without TLS, and this client asks for it only when told.
  put "$root/etc/my.cnf.d/d2.cnf" 644 <<<$'[client]\nssl'
  aws --version
  mysql --version
}

# The bot tells PM2's two streams apart by `out` and `error` in the stream's name.
cloudwatch_configuration() {
  jq -n --arg group "$LOG_GROUP" --arg service "$SERVICE" --arg application "$APPLICATION" --arg metrics "$METRICS" '
    def log($path; $stream): {file_path: $path, log_group_name: $group, log_stream_name: "{instance_id}/\($stream)"};
    def pm2($home; $owner):
      log("\($home)/.pm2/logs/\($service)-out.log"; "\($owner)/\($service)-out"),
      log("\($home)/.pm2/logs/\($service)-error.log"; "\($owner)/\($service)-error"),
      log("\($home)/.pm2/pm2.log"; "\($owner)/pm2");
    {agent: {run_as_user: "root"}, logs: {logs_collected: {files: {collect_list: [
      log("/var/log/cloud-init-output.log"; "cloud-init-output"),
      log("/var/log/cloud-init.log"; "cloud-init"),
      if $application == "yes" then pm2("/root"; "root"), pm2("/home/ec2-user"; "ec2-user") else empty end
    ]}}}}
    + if $metrics == "yes" then {metrics: {
        append_dimensions: {InstanceId: "${aws:InstanceId}"},
        metrics_collected: {
          mem: {measurement: ["mem_used_percent"]},
          disk: {measurement: ["disk_used_percent"], resources: ["/"], drop_device: true}
        }
      }} else {} end'
}

start_cloudwatch_agent() {
  local file="$root/etc/d2/cloudwatch-agent.json" status
  status="$(amazon-cloudwatch-agent-ctl -a status | jq -r .status)"
  cloudwatch_configuration | put "$file" 644
  if [[ $changed == yes || $status != running ]]; then
    amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$file"
  fi
  systemctl enable amazon-cloudwatch-agent
}

# The distribution's own packages: signed, patched with the image, and reached through the S3 endpoint without a NAT
# gateway. They may stand side by side, hence `alternatives`.
install_node() {
  local tool
  install_all "nodejs$NODE_MAJOR" "nodejs$NODE_MAJOR-npm"
  for tool in node npm; do
    if ! command -v "$tool" >/dev/null; then
      alternatives --install "/usr/bin/$tool" "$tool" "/usr/bin/$tool-$NODE_MAJOR" 100
    fi
  done
  if [[ $(node --version) != "v$NODE_MAJOR."* ]]; then alternatives --set node "/usr/bin/node-$NODE_MAJOR"; fi
  [[ $(node --version) == "v$NODE_MAJOR."* ]] || die "node is $(node --version), not $NODE_MAJOR"
  at_least "$(npm --version)" 10 || die "npm is $(npm --version), older than 10"
  say "node $(node --version), npm $(npm --version)"
}

# No setting of this shell's may reach PM2, whose daemon would hand it on to the service for ever.
pm2() {
  env -i HOME="$HOME" PM2_HOME="$pm2_home" PATH="$PATH" LANG=C.UTF-8 PM2_DISABLE_VERSION_CHECK=true "$pm2_bin" "$@"
}

install_pm2() {
  local manifest="$root/usr/local/lib/node_modules/pm2/package.json"
  if [[ ! -e $manifest || $(jq -r .version "$manifest") != "$PM2_VERSION" ]]; then
    retry npm install --global --prefix "$root/usr/local" --no-audit --no-fund "pm2@$PM2_VERSION"
  fi
  # sudo looks in /usr/bin, and not in /usr/local/bin.
  mkdir -p "$root/usr/bin" "$pm2_home"
  ln -sfn "$pm2_bin" "$root/usr/bin/pm2"
  # Without this file PM2 greets, and tells its makers of the installation.
  touch "$pm2_home/touch"
}

# As `pm2 startup systemd` writes it, which can't be told where to write.
pm2_unit() {
  cat <<UNIT
[Unit]
Description=PM2 process manager
Documentation=https://pm2.keymetrics.io/
After=network.target

[Service]
Type=forking
User=root
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
Environment=PM2_HOME=$pm2_home
Environment=PM2_DISABLE_VERSION_CHECK=true
PIDFile=$pm2_home/pm2.pid
Restart=on-failure

ExecStart=$pm2_bin resurrect
ExecReload=$pm2_bin reload all
ExecStop=$pm2_bin kill

[Install]
WantedBy=multi-user.target
UNIT
}

# PM2 and the CloudWatch agent keep their files open: copied and cut, not moved.
pm2_rotation() {
  cat <<ROTATION
$pm2_home/pm2.log $pm2_home/logs/*.log /home/ec2-user/.pm2/pm2.log /home/ec2-user/.pm2/logs/*.log {
  su root root
  daily
  maxsize 50M
  rotate 7
  missingok
  notifempty
  compress
  delaycompress
  copytruncate
}
ROTATION
}

enable_pm2() {
  pm2_unit | put "$root/etc/systemd/system/pm2-root.service" 644
  if [[ $changed == yes ]]; then systemctl daemon-reload; fi
  pm2_rotation | put "$root/etc/logrotate.d/pm2" 644
  # Started by systemd, PM2's daemon has a clean environment.
  systemctl enable --now pm2-root
}

# Without a road out the CLI itself would wait for minutes, and try again.
ask_aws() { AWS_MAX_ATTEMPTS=1 aws "$@" --region "$REGION" --cli-connect-timeout 10 --cli-read-timeout 60; }

fetch() { ask_aws s3 cp --only-show-errors "s3://$ARTIFACT_BUCKET/$1" "$2"; }

list() { ask_aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$1" --output json; }

# Sets `release`: the one that the environment calls current; else the newest, where that will do; else nothing.
find_release() {
  local listing pointer="$temporary/current"
  listing="$(list "$CURRENT")" || return 1
  if jq -e --arg key "$CURRENT" '(.Contents // []) | any(.Key == $key)' <<<"$listing" >/dev/null; then
    fetch "$CURRENT" "$pointer" || return 1
    release="$(<"$pointer")"
    return
  fi
  [[ $NEWEST == yes ]] || return 0
  listing="$(list "$SERVICE/")" || return 1
  release="$(jq -r '(.Contents // []) | sort_by(.LastModified) | map(.Key | sub(".*/"; "")) |
    map(select(endswith(".tar.gz"))) | last // "" | rtrimstr(".tar.gz")' <<<"$listing")"
}

# Sets `address`: empty where there is no such database, `creating` where it has none yet.
find_database() {
  local listing
  listing="$(ask_aws rds describe-db-instances --output json)" || return 1
  address="$(jq -r --arg id "$DATABASE_IDENTIFIER" '.DBInstances | map(select(.DBInstanceIdentifier == $id)) | first |
    if . then .Endpoint.Address // "creating" else "" end' <<<"$listing")"
}

find_created_database() { find_database && [[ $address != creating ]]; }

# write_settings <release folder>: DB_HOST is looked up once, and kept: a database made anew has the same address.
write_settings() {
  local file="$1/.env" settings="$SETTINGS" address=''
  if [[ -n $DATABASE_IDENTIFIER && $settings != *DB_HOST=?* ]]; then
    if [[ -e $file ]]; then address="$(sed -n 's/^DB_HOST=//p' "$file")"; fi
    [[ -n $address ]] || retry find_database
    # One that was made together with the machine; RDS takes a quarter of an hour.
    [[ $address != creating ]] || tries=$((tries * 4)) retry find_created_database
    settings+="DB_HOST=$address"$'\n'
  fi
  printf '%s' "$settings" | put "$file" 600
}

place_release() {
  local release="$RELEASE" folder file="$temporary/release.tar.gz" sum
  # What a deployment made current since then stays.
  if [[ -e $app/current ]]; then
    say "current is $(readlink "$app/current")"
    return
  fi
  mkdir -p "$app/releases"
  if [[ -z $ARTIFACT_BUCKET ]]; then
    say 'no artifact bucket: waiting for a deployment'
    return
  fi
  [[ -n $release ]] || retry find_release
  if [[ -z $release ]]; then
    if [[ $NEWEST == yes ]]; then
      say "no release in s3://$ARTIFACT_BUCKET/$SERVICE/: waiting for a deployment"
    else
      say "nothing says which release is current: waiting for one in s3://$ARTIFACT_BUCKET/$CURRENT"
    fi
    return
  fi
  [[ $release =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$ ]] || die "$CURRENT does not name a release"
  folder="$app/releases/$release"
  retry fetch "$SERVICE/$release.tar.gz" "$file"
  retry fetch "$SERVICE/$release.tar.gz.sha256" "$file.sha256"
  read -r sum _ <"$file.sha256"
  echo "$sum  $file" | sha256sum --check --strict --quiet || die "$release is not what was packed"
  rm -rf "$folder"
  mkdir "$folder"
  tar -xzf "$file" -C "$folder" --no-same-owner
  write_settings "$folder"
  if [[ $MIGRATE == yes ]]; then (cd "$folder" && DB_USER=migrator npm run --silent migrate); fi
  ln -sfn "releases/$release" "$app/current"
  say "current is now $release"
}

healthy() { curl -fsS --max-time 5 -o /dev/null "http://127.0.0.1:$PORT$HEALTH_PATH"; }

serve() {
  [[ -e $app/current ]] || return 0
  write_settings "$app/current"
  if ! pm2 describe "$SERVICE" >/dev/null; then
    pm2 start "$app/current/ecosystem.config.cjs"
    pm2 save
  elif [[ $changed == yes ]]; then
    pm2 reload "$SERVICE"
  fi
  # Stopped means that somebody stopped it.
  if pm2 pid "$SERVICE" | grep -qx '[1-9][0-9]*'; then retry healthy; fi
}

road='Is there a road out: NAT gateway or endpoints, routes, security group?'
step keep_for_every_boot 'Is the disk full (df -h)?'
step install_ssm_agent "Look at the agent's package and its log in /var/log/amazon/ssm. $road"
step install_packages "Look at what dnf says above. $road"
step start_cloudwatch_agent "Look at /opt/aws/amazon-cloudwatch-agent/logs."
if [[ $APPLICATION == yes ]]; then
  step install_node "Look at what dnf and alternatives say above. $road"
  step install_pm2 "Look at what npm says above: registry.npmjs.org is reached through the NAT gateway only."
  step enable_pm2 'Look at: systemctl status pm2-root.'
  step place_release "Look at s3://$ARTIFACT_BUCKET/$SERVICE/ and the instance's role; unset release takes the newest. $road"
  step serve "Look at $pm2_home/logs/$SERVICE-error.log and $app/current/.env. $road"
fi
say 'done'
