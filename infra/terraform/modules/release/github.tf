# What GitHub Actions may do here, without any stored key: three roles of an hour at most, each for one workflow.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  github = var.github_repository != null

  image_repository_arn = "arn:${data.aws_partition.this.partition}:ecr:${var.region}:${data.aws_caller_identity.this.account_id}:repository/${var.image_repository}"

  github_roles = local.github ? {
    backend = {
      name     = "d2-ride-booking-github-backend"
      service  = "backend-api"
      workflow = "backend-release"
      purpose  = "puts the backend's releases into the artifact bucket"
      policy   = data.aws_iam_policy_document.put["backend-api"].json
    }
    infra = {
      name     = "d2-chatops-github-infra"
      service  = "chatops"
      workflow = "infra-release"
      purpose  = "puts the runner's Terraform into the artifact bucket"
      policy   = data.aws_iam_policy_document.put["infra"].json
    }
    image = {
      name     = "d2-chatops-github-image"
      service  = "chatops"
      workflow = "bot-image"
      purpose  = "pushes the bot's image"
      policy   = data.aws_iam_policy_document.image.json
    }
  } : {}

  # As workflows are named: without the ids that a subject may have.
  github_plain_name = replace(coalesce(var.github_repository, "-"), "/@[0-9]+/", "")
}

data "aws_iam_policy_document" "github_trust" {
  for_each = local.github_roles

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

    # Its own workflow's file: no other one of main gets the role, which STS can tell since January 2026. Of which branch
    # is in the subject.
    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:job_workflow_ref"
      values   = ["${local.github_plain_name}/.github/workflows/${each.value.workflow}.yml@*"]
    }
  }
}

data "aws_iam_policy_document" "put" {
  for_each = toset(["backend-api", "infra"])

  # backend-release puts a tarball and its checksum, infra-release the Terraform that the runner unpacks. Putting is all:
  # neither lists, reads or removes, and the bucket lets nobody write over a key.
  statement {
    sid       = "PutArtifacts"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this.arn}/${each.key}/*"]
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
  description          = "Workflow ${each.value.workflow}: ${each.value.purpose}"
  assume_role_policy   = data.aws_iam_policy_document.github_trust[each.key].json
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
