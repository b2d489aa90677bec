# shellcheck shell=bash
# Its variables are used where it is sourced.
# shellcheck disable=SC2034
#
# What dev-status.sh, dev-start.sh and dev-stop.sh share: their options, the AWS CLI, and what dev consists of.
# Sourced, never run. Keep to Bash 3.2 (macOS), and dev-environment.ps1 to the same calls in the same order.

environment=dev
region=ap-southeast-1
project=d2-ride-booking
yes=''
every=10
deadline=30

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

option_help='  --region REGION    default ap-southeast-1
  --project PROJECT  the value of the tag Project, default d2-ride-booking
  --help

Environment
  AWS_PROFILE        the account and the person, as for any aws command
  D2_AWS_ARGS        more arguments for every aws command, such as --endpoint-url http://127.0.0.1:4566

Exit codes: 0 done, 1 not done (what to do next is said), 2 used wrongly'

# What went wrong, and the next step.
fail() {
  printf '%s\nNext: %s\n' "$1" "$2" >&2
  exit 1
}

misused() {
  printf '%s\nNext: see %s --help\n' "$1" "$0" >&2
  exit 2
}

# Reads the command line; `$1` lists the options that this script takes besides everybody's.
read_options() {
  local own=" $1 " words=0
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --region | --project) ;;
      --yes | --every | --deadline)
        case $own in *" $1 "*) ;; *) misused "There is no option $1 here." ;; esac ;;
      -*) misused "There is no option $1." ;;
      *)
        [ "$1" = "$environment" ] || misused "These scripts know dev alone, not $1."
        words=$((words + 1))
        [ "$words" = 1 ] || misused 'dev is said twice.'
        shift
        continue ;;
    esac
    if [ "$1" = --yes ]; then
      yes=yes
      shift
      continue
    fi
    [ $# -ge 2 ] || misused "$1 needs a value."
    # They become part of a filter or a query.
    [[ $2 =~ ^[A-Za-z0-9.][A-Za-z0-9._-]*$ ]] || misused "$1 can't be $2."
    case $1 in
      --region) region=$2 ;;
      --project) project=$2 ;;
      --every) every=$2 ;;
      --deadline) deadline=$2 ;;
    esac
    shift 2
  done
  [[ $every =~ ^[0-9]+(\.[0-9]+)?$ ]] || misused '--every takes seconds.'
  [[ $deadline =~ ^[0-9]+$ ]] || misused '--deadline takes whole minutes.'
}

# The AWS CLI, answering in tab-separated lines; what it complains of is kept for `words`.
aws() {
  # Unquoted: several arguments in one variable.
  # shellcheck disable=SC2086
  command aws "$@" --region "$region" --output text ${D2_AWS_ARGS:-} 2>"$scratch/words"
}

# AWS's last complaint, on one line.
words() {
  tr -d '[:cntrl:]' <"$scratch/words"
}

# The next step after such a complaint.
remedy() {
  case $1 in
    *'locate credentials'* | *[Ee]xpired* | *InvalidClientTokenId* | *AuthFailure* | *UnrecognizedClient* | *SignatureDoesNotMatch* | *'config profile'* | *SSO*)
      echo 'sign in (aws sso login, or aws configure), name the account by AWS_PROFILE, and try again.' ;;
    *AccessDenied* | *UnauthorizedOperation* | *'not authorized'*)
      echo 'ask an admin for these rights, or take credentials that have them by AWS_PROFILE.' ;;
    *'Could not connect'* | *'onnect timeout'* | *'Read timeout'* | *'Connection was closed'* | *'Invalid endpoint'*)
      echo 'check the network, --region and D2_AWS_ARGS, and try again.' ;;
    *Throttl* | *RequestLimitExceeded* | *'Rate exceeded'*)
      echo 'wait a minute and try again.' ;;
    *)
      echo 'look with dev-status.sh, and try again.' ;;
  esac
}

# Ends for AWS's last complaint; `$1` says what could not be done.
fail_with_words() {
  local complaint
  complaint=$(words)
  fail "$1: $complaint" "$(remedy "$complaint")"
}

# Sets `account` and `caller`; ends where there is no AWS CLI 2, or nobody is signed in.
check_access() {
  local version answer
  type -P aws >/dev/null ||
    fail 'There is no AWS CLI here.' 'install version 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html'
  version=$(command aws --version 2>&1)
  case $version in
    aws-cli/2*) ;;
    *) fail "AWS CLI 2 is needed, and this is ${version%% *}." 'install version 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html' ;;
  esac
  answer=$(aws sts get-caller-identity --query "[Account,Arn]") || fail_with_words 'AWS did not let you in'
  IFS=$'\t' read -r account caller <<<"$answer"
  printf '%s of %s in %s, account %s, as %s\n' "$environment" "$project" "$region" "$account" "$caller"
}

# Of each: id, state, private address, service, name. What the bot runs on is not dev's, whatever its other tags say.
list_instances() {
  aws ec2 describe-instances \
    --filters "Name=tag:Project,Values=$project" "Name=tag:Environment,Values=$environment" "Name=instance-state-name,Values=pending,running,stopping,stopped" \
    --query "Reservations[].Instances[] | [?Tags[?Key=='Service' && Value!='chatops']].[InstanceId,State.Name,PrivateIpAddress,Tags[?Key=='Service'].Value|[0],Tags[?Key=='Name'].Value|[0]]"
}

# Its id, state, host, and when AWS will start it again; nothing when there is none.
find_database() {
  aws rds describe-db-instances \
    --query "DBInstances[?DBInstanceIdentifier=='$project-$environment-rds-mysql'].[DBInstanceIdentifier,DBInstanceStatus,Endpoint.Address,AutomaticRestartTime]"
}

# Of each instance whose agent has reported: id, ping status.
list_agents() {
  aws ssm describe-instance-information \
    --filters "Key=InstanceIds,Values=$1" \
    --query "InstanceInformationList[].[InstanceId,PingStatus]"
}

list_nat_gateways() {
  aws ec2 describe-nat-gateways \
    --filter "Name=tag:Project,Values=$project" "Name=tag:Environment,Values=$environment" \
    --query "NatGateways[?State!='deleted'].[NatGatewayId,State]"
}

list_endpoints() {
  aws ec2 describe-vpc-endpoints \
    --filters "Name=tag:Project,Values=$project" "Name=tag:Environment,Values=$environment" "Name=vpc-endpoint-type,Values=Interface" \
    --query "VpcEndpoints[].[VpcEndpointId,State,ServiceName]"
}

# Its ARN, name, state and host; nothing when there is none.
find_balancer() {
  aws elbv2 describe-load-balancers \
    --query "LoadBalancers[?LoadBalancerName=='$project-$environment-alb'].[LoadBalancerArn,LoadBalancerName,State.Code,DNSName]"
}

# What no waiting mends.
is_broken() {
  case $1 in
    failed | storage-full | restore-error | insufficient-capacity | incompatible-* | inaccessible-*) return 0 ;;
    *) return 1 ;;
  esac
}

# Sets `instances` to what there is now.
look_at_instances() {
  instances=$(list_instances) || fail_with_words "The instances can't be read"
}

# Sets `database`, empty where there is none, its state, and when AWS will start it again.
look_at_database() {
  local row
  row=$(find_database) || fail_with_words "The database can't be read"
  database='' database_state='' database_restart=''
  [ -z "$row" ] || IFS=$'\t' read -r database database_state _ database_restart <<<"$row"
}

demand_something() {
  [ -n "$instances$database" ] ||
    fail "Nothing is here that belongs to $environment of $project." \
      'check --region, --project and AWS_PROFILE; if all toggles are off, turn enable_ec2_backend and enable_rds on and run terraform apply in infra/terraform/envs/dev.'
}

# The ids of the instances that are in one of these states, each followed by a space.
ids_in() {
  local id state rest
  while IFS=$'\t' read -r id state rest; do
    case " $* " in *" $state "*) printf '%s ' "$id" ;; esac
  done <<<"$instances"
}

# How the instances stand: `backend-api running, bastion stopped`.
states() {
  local id state address service rest said=''
  while IFS=$'\t' read -r id state address service rest; do
    [ -z "$id" ] || said="$said${said:+, }$service $state"
  done <<<"$instances"
  printf '%s' "$said"
}

# Says how things stand, once each time that it changes.
told=''
tell() {
  [ "$told" = "$1" ] || printf '  %s\n' "$1"
  told=$1
}

# Asks `$1` again and again until it is true; false when the deadline has come.
wait_until() {
  local began=$SECONDS
  until "$1"; do
    [ $((SECONDS - began)) -lt $((deadline * 60)) ] || return 1
    sleep "$every"
  done
}
