# What Terraform may do when a toggle is planned or applied: make and remove what toggles switch, in the environments
# whose toggles can be set from Slack. It changes nothing that stands always: such a change fails here, and is a
# person's to apply.

locals {
  runner_names = [for env in var.toggle_environments : "${var.project}-${env}"]

  # Of what is made: the tags that are asked for. Of what is there: the tags that it has.
  runner_made = {
    "aws:RequestTag/Project"     = [var.project]
    "aws:RequestTag/Environment" = var.toggle_environments
  }
  runner_owned = {
    "aws:ResourceTag/Project"     = [var.project]
    "aws:ResourceTag/Environment" = var.toggle_environments
  }

  runner_policies = {
    look     = { document = data.aws_iam_policy_document.runner_look.json, does = "Refreshes Terraform's state" }
    launch   = { document = data.aws_iam_policy_document.runner_launch.json, does = "Toggles instances" }
    network  = { document = data.aws_iam_policy_document.runner_network.json, does = "Toggles NAT, endpoints and load balancers" }
    database = { document = data.aws_iam_policy_document.runner_database.json, does = "Toggles databases" }
    sites    = { document = data.aws_iam_policy_document.runner_sites.json, does = "Toggles static sites" }
    keep     = { document = data.aws_iam_policy_document.runner_keep.json, does = "Keeps states and plans, and what the runner never may" }
  }
}

data "aws_iam_policy_document" "runner_trust" {
  # No command: CodeBuild takes the role for this one project.
  statement {
    sid     = "OwnProject"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["${local.at.codebuild}:project/${local.runner}"]
    }
  }
}

resource "aws_iam_role" "runner" {
  name               = local.runner
  description        = "What Terraform may do for the bot"
  assume_role_policy = data.aws_iam_policy_document.runner_trust.json
  tags               = local.tags
}

resource "aws_iam_policy" "runner" {
  for_each = local.runner_policies

  name        = "${local.runner}-${each.key}"
  description = each.value.does
  policy      = each.value.document
  tags        = local.tags
}

resource "aws_iam_role_policy_attachment" "runner" {
  for_each = merge(
    { for part, policy in aws_iam_policy.runner : part => policy.arn },
    { fence = aws_iam_policy.fence.arn },
  )

  role       = aws_iam_role.runner.name
  policy_arn = each.value
}

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

  # toggle set, plan: whether there is a state at all.
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = concat([for env in var.toggle_environments : "${env}/*"], ["plans/*"])
    }
  }

  # toggle set, plan: the plan waits here for its approval, a day at most.
  statement {
    sid       = "KeepPlans"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.state_bucket}/plans/*"]
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
