# The bot's own role, in four parts, since AWS takes 6,144 characters a policy: what it looks at, what it changes, what
# it keeps, and what it never may.

locals {
  bot_policies = {
    look   = { document = data.aws_iam_policy_document.bot_look.json, does = "Looks at the platform" }
    change = { document = data.aws_iam_policy_document.bot_change.json, does = "Changes the platform" }
    keep   = { document = data.aws_iam_policy_document.bot_keep.json, does = "Keeps its table, trail, schedules and toggles" }
    never  = { document = data.aws_iam_policy_document.bot_never.json, does = "What the bot never may" }
  }
}

data "aws_iam_policy_document" "task_trust" {
  # No command: ECS takes the role for this account's tasks, and no other account's.
  statement {
    sid     = "Tasks"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.at.ecs}:*"]
    }
  }
}

resource "aws_iam_role" "bot" {
  name               = "${var.name}-bot"
  description        = "What the bot may do"
  assume_role_policy = data.aws_iam_policy_document.task_trust.json
  tags               = local.tags
}

resource "aws_iam_policy" "bot" {
  for_each = local.bot_policies

  name        = "${var.name}-bot-${each.key}"
  description = each.value.does
  policy      = each.value.document
  tags        = local.tags
}

resource "aws_iam_role_policy_attachment" "bot" {
  for_each = merge(
    { for part, policy in aws_iam_policy.bot : part => policy.arn },
    { fence = aws_iam_policy.fence.arn },
  )

  role       = aws_iam_role.bot.name
  policy_arn = each.value
}

data "aws_iam_policy_document" "bot_never" {
  # No command: a document of somebody else's, AWS-RunShellScript above all, is a shell on every instance.
  statement {
    sid           = "DenyOtherDocuments"
    effect        = "Deny"
    actions       = ["ssm:SendCommand"]
    not_resources = concat(values(module.documents.arns), ["${local.at.ec2}:instance/*"])
  }

  # No command: of the trail the bot may do what is listed here, and so neither delete nor shorten nor hide any of it.
  statement {
    sid         = "DenyTouchingTheTrail"
    effect      = "Deny"
    not_actions = local.trail_actions
    resources   = [local.audit_group_arn, "${local.audit_group_arn}:*"]
  }

  # No command: a role that is handed on is a right that is handed out. Schedules need one, and it stays that one.
  statement {
    sid           = "DenyPassingOtherRoles"
    effect        = "Deny"
    actions       = ["iam:PassRole"]
    not_resources = [aws_iam_role.scheduler.arn]
  }

  # No command: Terraform's states hold more than an answer may show.
  statement {
    sid       = "DenyStates"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["${local.state_bucket}/*.tfstate*"]
  }

  # No command: a plan that the bot could write would be the runner's rights. It may read them, and no more.
  statement {
    sid         = "DenyWritingPlans"
    effect      = "Deny"
    not_actions = local.plan_actions
    resources   = [local.state_bucket, "${local.state_bucket}/*"]
  }
}
