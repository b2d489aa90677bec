# What GitHub Actions may do here, without any stored key: two roles of an hour at most, each for one workflow's errand.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  github = var.github_repository != null

  image_repository_arn = "arn:${data.aws_partition.this.partition}:ecr:${var.region}:${data.aws_caller_identity.this.account_id}:repository/${var.image_repository}"

  github_roles = local.github ? {
    release = {
      name    = "d2-ride-booking-github-release"
      service = "backend-api"
      purpose = "Workflows backend-release and infra-release: put artifacts into the bucket"
      policy  = data.aws_iam_policy_document.release.json
    }
    image = {
      name    = "d2-chatops-github-image"
      service = "chatops"
      purpose = "Workflow bot-image: push the bot's image"
      policy  = data.aws_iam_policy_document.image.json
    }
  } : {}
}

data "aws_iam_policy_document" "github_trust" {
  count = local.github ? 1 : 0

  # A token of this repository's main branch, made for AWS. A pull request's subject ends in `:pull_request`, a fork's
  # begins with the fork's own name, and equality lets neither through.
  statement {
    sid     = "GitHubActions"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = [for subject in sort(var.github_subjects) : "repo:${var.github_repository}:${subject}"]
    }
  }
}

data "aws_iam_policy_document" "release" {
  # backend-release puts a tarball and its checksum, infra-release the Terraform that the runner unpacks. Putting is all:
  # neither lists, reads or removes, and the bucket lets nobody write over a key.
  statement {
    sid       = "PutArtifacts"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this.arn}/backend-api/*", "${aws_s3_bucket.this.arn}/infra/*"]
  }
}

data "aws_iam_policy_document" "image" {
  # `docker login`: the token opens nothing that the next statement doesn't. It knows no resource.
  statement {
    sid       = "LogIn"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  # `docker push` in full, and asking whether this commit's image is there already. Running it is somebody else's: an
  # update of the ECS service would need iam:PassRole for the bot's own role.
  statement {
    sid = "PushImage"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [local.image_repository_arn]
  }
}

resource "aws_iam_role" "github" {
  for_each = local.github_roles

  name                 = each.value.name
  description          = each.value.purpose
  assume_role_policy   = data.aws_iam_policy_document.github_trust[0].json
  max_session_duration = 3600

  tags = {
    Service = each.value.service
  }

  lifecycle {
    precondition {
      condition     = var.oidc_provider_arn != null
      error_message = "github_repository is given, but no oidc_provider_arn: GitHub's tokens need the account's identity provider."
    }
  }
}

resource "aws_iam_role_policy" "github" {
  for_each = local.github_roles

  name   = each.key
  role   = aws_iam_role.github[each.key].id
  policy = each.value.policy
}
