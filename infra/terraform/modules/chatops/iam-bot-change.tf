locals {
  # `db:d2-ride-booking-dev-*`: a name that AWS decides by, where the tag alone could be changed by whoever may tag.
  stoppable_databases = [for env in var.stoppable_environments : "${local.at.rds}:db:${var.project}-${env}-*"]

  # Whose resources are meant: the project's, of these environments.
  stoppable_tags = {
    "aws:ResourceTag/Project"     = [var.project]
    "aws:ResourceTag/Environment" = var.stoppable_environments
  }
}

data "aws_iam_policy_document" "bot_change" {
  # start, stop: instances of the environments that sleep at night, never the bot's own.
  statement {
    sid       = "SwitchInstances"
    actions   = ["ec2:StartInstances", "ec2:StopInstances"]
    resources = ["${local.at.ec2}:instance/*"]

    dynamic "condition" {
      for_each = local.stoppable_tags

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["chatops"]
    }
  }

  # start, stop: their databases.
  statement {
    sid       = "SwitchDatabases"
    actions   = ["rds:StartDBInstance", "rds:StopDBInstance"]
    resources = local.stoppable_databases

    dynamic "condition" {
      for_each = local.stoppable_tags

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["chatops"]
    }
  }

  # health, pm2 …, start, stop: the bot's own documents, one verb each. AWS asks for both: the document here, and the
  # instance in the next statement.
  statement {
    sid       = "SendDocuments"
    actions   = ["ssm:SendCommand"]
    resources = values(module.documents.arns)
  }

  # health, pm2 …, start, stop: to the environments' instances.
  statement {
    sid       = "SendToInstances"
    actions   = ["ssm:SendCommand"]
    resources = ["${local.at.ec2}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/Project"
      values   = [var.project]
    }

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/Environment"
      values   = var.environments
    }
  }

  # cognito add-user: a user, their group, and their password where no mail is sent.
  statement {
    sid = "AddUsers"
    actions = [
      "cognito-idp:AdminAddUserToGroup",
      "cognito-idp:AdminCreateUser",
      "cognito-idp:AdminSetUserPassword",
    ]
    resources = ["${local.at["cognito-idp"]}:userpool/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.project]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = var.environments
    }
  }

  # cognito add-user --no-email: keeps that password, for a person to read with rights of their own. Nothing here reads
  # a secret, neither these nor any other.
  statement {
    sid       = "KeepPasswords"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:TagResource"]
    resources = [for env in var.environments : "${local.at.secretsmanager}:secret:${var.project}/${env}/cognito/*"]
  }
}
