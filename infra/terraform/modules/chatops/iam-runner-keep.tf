data "aws_iam_policy_document" "runner_keep" {
  # toggle set, plan: the environment's state. Never deleted, and no other root's.
  statement {
    sid       = "KeepState"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = [for env in var.toggle_environments : "${local.state_bucket}/${env}/terraform.tfstate"]
  }

  # toggle set, plan: its lock, which comes and goes.
  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = [for env in var.toggle_environments : "${local.state_bucket}/${env}/terraform.tfstate.tflock"]
  }

  # toggle set, plan: whether there is a state at all; Terraform also asks for workspaces, which lie under env:/.
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = concat(["env:/"], [for env in var.toggle_environments : "${env}/*"])
    }
  }

  # toggle set: the plan that was approved.
  statement {
    sid       = "ReadPlans"
    actions   = ["s3:GetObject"]
    resources = ["${local.state_bucket}/plans/*"]
  }

  # toggle set, plan: the plan waits here for its approval until S3 clears it away, a day or two. It is written where there is none, and so once:
  # what was shown is what is applied.
  statement {
    sid       = "KeepPlans"
    actions   = ["s3:PutObject"]
    resources = ["${local.state_bucket}/plans/*"]

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["false"]
    }
  }

  # toggle set, plan: the Terraform of the commit that the project names.
  statement {
    sid       = "ReadTerraform"
    actions   = ["s3:GetObject"]
    resources = ["${local.artifact_bucket}/infra/*.zip"]
  }

  # toggle set, plan: what was set before.
  statement {
    sid       = "ReadToggles"
    actions   = ["ssm:GetParameter"]
    resources = [for env in var.toggle_environments : "${local.at.ssm}:parameter/d2/${env}/toggles"]
  }

  # toggle set, plan: the runner's own log.
  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.runner.arn}:*"]
  }

  # No command: the trail is the bot's to write and nobody's to change.
  statement {
    sid       = "DenyTheTrail"
    effect    = "Deny"
    actions   = ["logs:*"]
    resources = [local.audit_group_arn, "${local.audit_group_arn}:*"]
  }

  # No command: instances get the roles that were made for them, and nothing else gets any.
  statement {
    sid           = "DenyPassingOtherRoles"
    effect        = "Deny"
    actions       = ["iam:PassRole"]
    not_resources = local.instance_role_arns
  }

  # No command: the last copy of a database that was switched off is its snapshot.
  statement {
    sid       = "DenyDeletingSnapshots"
    effect    = "Deny"
    actions   = ["ec2:DeleteSnapshot", "rds:DeleteDBInstanceAutomatedBackup", "rds:DeleteDBSnapshot"]
    resources = ["*"]
  }

  # No command: Terraform builds instances, and what runs on them is others' business.
  statement {
    sid       = "DenyInstances"
    effect    = "Deny"
    actions   = ["ec2-instance-connect:*", "ssm:SendCommand", "ssm:StartSession"]
    resources = ["*"]
  }
}
