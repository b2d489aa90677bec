data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  tags    = merge(var.tags, { Service = var.service })
  current = "current/${var.environment}/${var.service}"
  account = data.aws_caller_identity.this.account_id
  region  = data.aws_region.this.region
  aws     = "arn:${data.aws_partition.this.partition}"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  description        = "What a ${var.service} instance may do"
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = local.tags
}

resource "aws_iam_instance_profile" "this" {
  name = var.name
  role = aws_iam_role.this.name
  tags = local.tags
}

# The SSM agent: Session Manager is the only way in, and the bot's documents arrive by it. AWS keeps the list.
resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.this.name
  policy_arn = "${local.aws}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

# Nothing here reads a secret: the master password is for people, and the service logs in with IAM tokens.
data "aws_iam_policy_document" "this" {
  # The CloudWatch agent, into the service's own group. Terraform creates the group and its retention.
  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = flatten([for arn in var.log_group_arns : [arn, "${arn}:log-stream:*"]])
  }

  # The CloudWatch agent's memory and disk. Metrics have no ARN; the namespace is the only fence there is.
  dynamic "statement" {
    for_each = var.metrics ? [true] : []

    content {
      sid       = "PublishMetrics"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"]

      condition {
        test     = "StringEquals"
        variable = "cloudwatch:namespace"
        values   = ["CWAgent"]
      }
    }
  }

  # user_data at first boot and d2-deploy: a release, its checksum, and which one is current.
  dynamic "statement" {
    for_each = var.artifact_bucket_arn == null ? [] : [true]

    content {
      sid       = "ReadReleases"
      actions   = ["s3:GetObject"]
      resources = ["${var.artifact_bucket_arn}/${var.service}/*", "${var.artifact_bucket_arn}/${local.current}"]
    }
  }

  # The same: which releases there are, and whether one is called current.
  dynamic "statement" {
    for_each = var.artifact_bucket_arn == null ? [] : [true]

    content {
      sid       = "ListReleases"
      actions   = ["s3:ListBucket"]
      resources = [var.artifact_bucket_arn]

      condition {
        test     = "StringEquals"
        variable = "s3:prefix"
        values   = ["${var.service}/", local.current]
      }
    }
  }

  # The service's pool of connections, and people who follow the guide's section 4.2 on the instance.
  dynamic "statement" {
    for_each = var.database_resource_id == null || length(var.database_users) == 0 ? [] : [true]

    content {
      sid     = "LogInToDatabase"
      actions = ["rds-db:connect"]
      resources = [
        for user in var.database_users :
        "${local.aws}:rds-db:${local.region}:${local.account}:dbuser:${var.database_resource_id}/${user}"
      ]
    }
  }

  # user_data, and people (guide 4.1), who look up the endpoint. The list of databases has no narrower ARN.
  dynamic "statement" {
    for_each = var.database_resource_id == null ? [] : [true]

    content {
      sid       = "FindDatabase"
      actions   = ["rds:DescribeDBInstances"]
      resources = ["${local.aws}:rds:${local.region}:${local.account}:db:*"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "own"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}
