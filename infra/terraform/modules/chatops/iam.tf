# What everything here shares: how AWS names things, and the fence around the bot itself.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  aws     = "arn:${data.aws_partition.this.partition}"
  # As in `${local.at.ec2}:instance/*`.
  at = {
    for service in ["cloudwatch", "codebuild", "cognito-idp", "dynamodb", "ec2", "ecr", "ecs", "elasticloadbalancing", "logs", "rds", "scheduler", "secretsmanager", "sns", "sqs", "ssm"] :
    service => "${local.aws}:${service}:${var.region}:${local.account}"
  }

  tags = { Service = "chatops" }

  audit_group_arn = "${local.at.logs}:log-group:${var.audit_group}"
  state_bucket    = "${local.aws}:s3:::${coalesce(var.state_bucket, "${var.project}-terraform-${local.account}")}"
  artifact_bucket = "${local.aws}:s3:::${coalesce(var.artifact_bucket, "${var.project}-artifacts-${local.account}")}"

  # Services name a resource's tags in words of their own beside aws:ResourceTag; each is denied by every name it has.
  own_tags = {
    Tagged = { key = "aws:ResourceTag/Service", resources = ["*"], actions = [
      "autoscaling:*", "ec2:*", "ecr:*", "ecs:*", "elasticloadbalancing:*", "rds:*", "secretsmanager:*",
    ] }
    Ec2 = { key = "ec2:ResourceTag/Service", resources = ["*"], actions = ["ec2:*"] }
    Ecs = { key = "ecs:ResourceTag/Service", resources = ["*"], actions = ["ecs:*"] }
    Rds = { key = "rds:db-tag/Service", resources = ["*"], actions = ["rds:*"] }
    # Not of documents: the bot's own carry the tag, and are what it sends.
    Ssm = { key = "ssm:resourceTag/Service", actions = ["ssm:SendCommand", "ssm:StartSession"], resources = [
      "${local.at.ec2}:instance/*", "${local.at.ssm}:managed-instance/*", "${local.at.ecs}:task/*",
    ] }
  }
}

data "aws_iam_policy_document" "fence" {
  # No command: nothing that the bot, its runner or its schedules do may reach the bot itself, whatever else they are
  # given one day.
  dynamic "statement" {
    for_each = local.own_tags

    content {
      sid       = "DenyChatops${statement.key}"
      effect    = "Deny"
      actions   = statement.value.actions
      resources = statement.value.resources

      condition {
        test     = "StringEquals"
        variable = statement.value.key
        values   = ["chatops"]
      }
    }
  }

  # No command: what has no tag to go by, or is used and must not be changed: the runner is Terraform's rights, d2.yaml
  # says who may do what, and an alarm that is off tells nobody.
  statement {
    sid    = "DenyChatopsOwn"
    effect = "Deny"
    actions = [
      "cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutMetricAlarm", "cloudwatch:SetAlarmState",
      "codebuild:Delete*", "codebuild:Update*",
      "dynamodb:DeleteTable", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
      "logs:Delete*", "logs:PutRetentionPolicy",
      "scheduler:DeleteScheduleGroup",
      "sns:DeleteTopic", "sns:SetTopicAttributes",
      "sqs:DeleteQueue", "sqs:PurgeQueue", "sqs:SetQueueAttributes",
      "ssm:DeleteDocument", "ssm:DeleteParameter*", "ssm:ModifyDocumentPermission", "ssm:PutParameter", "ssm:UpdateDocument*",
    ]
    resources = [
      "${local.at.cloudwatch}:alarm:${var.name}-*",
      "${local.at.codebuild}:project/${local.runner}",
      "${local.at.dynamodb}:table/${var.name}",
      "${local.at.logs}:log-group:/d2/chatops/*",
      "${local.at.scheduler}:schedule-group/${var.name}",
      "${local.at.sns}:${var.name}-alarms",
      "${local.at.sqs}:${var.name}-undelivered",
      "${local.at.ssm}:document/d2-*",
      "${local.at.ssm}:parameter${local.config_parameter}",
    ]
  }

  # No command: rights are changed by people. Whoever writes IAM is an administrator by another name. Reading stays
  # possible, and PassRole is fenced in for each role by itself.
  statement {
    sid    = "DenyWritingIam"
    effect = "Deny"
    actions = concat(
      [for verb in ["Add", "Attach", "Change", "Create", "Deactivate", "Delete", "Detach", "Disable", "Enable", "Put", "Remove", "Reset", "Resync", "Set", "Tag", "Untag", "Update", "Upload"] : "iam:${verb}*"],
      ["organizations:*", "sts:GetFederationToken"],
    )
    resources = ["*"]
  }

  # No command: whoever plays another role has its rights. Only the roles of d2.yaml's environments may be played.
  statement {
    sid           = "DenyPlayingOthers"
    effect        = "Deny"
    actions       = ["sts:AssumeRole"]
    resources     = length(var.environment_roles) == 0 ? ["*"] : null
    not_resources = length(var.environment_roles) > 0 ? var.environment_roles : null
  }
}

resource "aws_iam_policy" "fence" {
  name        = "${var.name}-fence"
  description = "What the bot, its runner and its schedules may never do"
  policy      = data.aws_iam_policy_document.fence.json
  tags        = local.tags
}
