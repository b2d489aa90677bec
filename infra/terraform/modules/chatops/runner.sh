#!/bin/bash
# What the runner does: plans an environment's toggles, or applies a plan that was approved. The build brings along
#   D2_ACTION       plan or apply
#   D2_ENVIRONMENT  such as dev
#   D2_OPERATION    the operation's ULID, under which the plan is kept
#   D2_TOGGLES      plan: {"enable_rds":true}, what is to be set
#   D2_SNAPSHOT     plan: the environment's final snapshot that a database is to come out of; without it, empty
#   D2_PLAN_SHA256  apply: the approved plan's hash
# and the project has the rest. Terraform's own messages go to the log, and to nobody else.
set -euo pipefail
umask 077

fail() {
  printf 'Refused: %s\n' "$1" >&2
  exit 1
}

# Whatever the caller sent is only ever compared, and never shown.
check() {
  [[ ${!1-} =~ ^($2)$ ]] || fail "$1 must match $2. Nothing was done."
}

toggle='"enable_[a-z0-9_]{1,40}":(true|false)'
check D2_ACTION 'plan|apply'
check D2_ENVIRONMENT "$ENVIRONMENTS"
check D2_OPERATION '[0-9A-HJKMNP-TV-Z]{26}'
case $D2_ACTION in
  plan)
    check D2_TOGGLES "\{(${toggle}(,${toggle})*)?\}"
    check D2_SNAPSHOT "($PROJECT-$D2_ENVIRONMENT-rds-mysql-final-[a-z0-9-]{1,64})?"
    ;;
  apply) check D2_PLAN_SHA256 '[0-9a-f]{64}' ;;
esac
[[ $INFRA_COMMIT =~ ^[0-9a-f]{40}$ ]] || fail 'no commit is chosen: set infra_commit in envs/chatops and apply it. Nothing was done.'

# Terraform reads settings out of these.
unset "${!TF_@}"
export TF_IN_AUTOMATION=1 TF_INPUT=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir bin
PATH=$work/bin:$PATH

zip=terraform_${TERRAFORM}_linux_amd64.zip
curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$zip" \
  "https://releases.hashicorp.com/terraform/$TERRAFORM/$zip"
printf '%s  %s\n' "$TERRAFORM_SHA256" "$zip" | sha256sum --check --quiet
unzip -q "$zip" terraform -d bin

aws s3 cp --only-show-errors "s3://$ARTIFACT_BUCKET/infra/$INFRA_COMMIT.zip" infra.zip ||
  fail "there is no infra/$INFRA_COMMIT.zip in the artifact bucket: set infra_commit in envs/chatops to one that infra-release has put there. Nothing was done."
unzip -q infra.zip
cd "infra/terraform/envs/$D2_ENVIRONMENT"

plans=plans/$D2_OPERATION
# A plan is written once: whoever approves has seen the only one there is.
keep() {
  aws s3api put-object --bucket "$STATE_BUCKET" --key "$plans/$1" --body "$1" --if-none-match '*' >/dev/null
}

# Providers as the committed lock file has them, hash for hash.
terraform init -lockfile=readonly -backend-config="bucket=$STATE_BUCKET"

if [[ $D2_ACTION == plan ]]; then
  terraform plan -lock-timeout=1m -var="planned_toggles=$D2_TOGGLES" \
    ${D2_SNAPSHOT:+-var="rds_snapshot_identifier=$D2_SNAPSHOT"} -out=tf.plan
  terraform show -json tf.plan >full.json
  # What AWS refuses only when half of it is done.
  jq --exit-status '[.resource_changes[]? | select(.type == "aws_db_instance" and (.change.actions | index("delete")))
    | select(.change.before.status != "available")] == []' full.json >/dev/null ||
    fail 'the database does not run, and AWS takes the final snapshot of none that is stopped. Nothing was done; start it and plan again.'
  jq --exit-status '[.resource_changes[]? | .change + {type}] |
    map(select(.type == "aws_instance" and .before.instance_state == "stopped") | .before.id) as $stopped |
    map(select(.type == "aws_lb_target_group_attachment" and (.actions | index("create"))) | .after.target_id) |
    all(IN($stopped[]) | not)' full.json >/dev/null ||
    fail 'the backend is stopped, and AWS lets a load balancer register none that is. Nothing was done; start it and plan again.'
  # What the bot may show: what happens to what, without any value.
  jq --arg sha256 "$(sha256sum <tf.plan | cut -d' ' -f1)" --arg commit "$INFRA_COMMIT" '{
    sha256: $sha256,
    commit: $commit,
    changes: [.resource_changes[]? | select(.mode == "managed" and .change.actions != ["no-op"])
      | {address, type, actions: .change.actions}]
  }' full.json >plan.json
  keep tf.plan
  keep plan.json
else
  for file in plan.json tf.plan; do
    aws s3 cp --only-show-errors "s3://$STATE_BUCKET/$plans/$file" "$file"
  done
  # A plan brings its own Terraform along: another commit's would run with rights that were cut for this one.
  jq --exit-status --arg commit "$INFRA_COMMIT" '.commit == $commit' plan.json >/dev/null ||
    fail 'the plan was made from another commit than the runner has now. Nothing was done; plan again.'
  printf '%s  tf.plan\n' "$D2_PLAN_SHA256" | sha256sum --check --quiet || fail 'that is not the plan that was approved. Nothing was done.'
  terraform apply -lock-timeout=1m tf.plan
fi
