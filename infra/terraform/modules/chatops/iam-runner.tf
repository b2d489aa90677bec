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

  # Those of the instances, which the runner gives to them and to nothing else.
  instance_role_arns = flatten([for name in local.runner_names : [
    for instance in var.instance_roles : "${local.aws}:iam::${local.account}:role/${name}-${instance}"
  ]])

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
