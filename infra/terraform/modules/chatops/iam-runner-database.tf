locals {
  database_arns = {
    for kind in ["db", "pg", "snapshot", "subgrp"] :
    kind => [for name in local.runner_names : "${local.at.rds}:${kind}:${name}-*"]
  }
}

data "aws_iam_policy_document" "runner_database" {
  # toggle set rds: a database, its groups and its last snapshot, by the environment's name and with its tags; new, or
  # out of such a snapshot. The option group is MySQL's default one.
  statement {
    sid = "MakeDatabases"
    actions = [
      "rds:CreateDBInstance",
      "rds:CreateDBParameterGroup",
      "rds:CreateDBSubnetGroup",
      "rds:RestoreDBInstanceFromDBSnapshot",
    ]
    resources = concat(flatten(values(local.database_arns)), ["${local.at.rds}:og:default:mysql-*"])

    dynamic "condition" {
      for_each = local.runner_made

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: settings, which a restored database gets after it is made; and off, which leaves a snapshot.
  statement {
    sid = "KeepDatabases"
    actions = [
      "rds:AddTagsToResource",
      "rds:CreateDBSnapshot",
      "rds:DeleteDBInstance",
      "rds:DeleteDBParameterGroup",
      "rds:DeleteDBSubnetGroup",
      "rds:ModifyDBInstance",
      "rds:ModifyDBParameterGroup",
    ]
    resources = concat(flatten(values(local.database_arns)), ["${local.at.rds}:og:default:mysql-*"])
  }

  # toggle set rds: the master password, made by AWS and handed to the database without being in a state. It is the one
  # secret that the runner can read.
  statement {
    sid = "KeepMasterSecret"
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy",
      "secretsmanager:GetSecretValue",
      "secretsmanager:ListSecretVersionIds",
      "secretsmanager:PutSecretValue",
      "secretsmanager:TagResource",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    # Secrets Manager puts six characters behind a name once there is a secret.
    resources = flatten([for name in local.runner_names : [
      "${local.at.secretsmanager}:secret:${name}-rds-master",
      "${local.at.secretsmanager}:secret:${name}-rds-master-??????",
    ]])
  }

  # The same: random characters. The call knows no resource.
  statement {
    sid       = "MakePasswords"
    actions   = ["secretsmanager:GetRandomPassword"]
    resources = ["*"]
  }
}
