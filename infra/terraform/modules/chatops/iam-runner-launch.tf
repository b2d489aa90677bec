data "aws_iam_policy_document" "runner_launch" {
  # toggle set ec2_backend, bastion: an instance of the environment's, with a profile of the environment's, of a small
  # type, and without the metadata service's first version.
  statement {
    sid       = "LaunchInstances"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.at.ec2}:instance/*"]

    dynamic "condition" {
      for_each = merge(local.runner_made, { "ec2:MetadataHttpTokens" = ["required"] })

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:RequestTag/Service"
      values   = ["chatops"]
    }

    condition {
      test     = "StringLike"
      variable = "ec2:InstanceType"
      values   = var.runner_instance_types
    }

    condition {
      test     = "ArnLike"
      variable = "ec2:InstanceProfile"
      values   = [for name in local.runner_names : "${local.aws}:iam::${local.account}:instance-profile/${name}-*"]
    }
  }

  # The same: in the environment's subnet, with its security groups. AWS asks for every part of an instance.
  statement {
    sid       = "LaunchInOwnNetwork"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.at.ec2}:security-group/*", "${local.at.ec2}:subnet/*"]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: its disk and its network interface, which have no tags yet. There is no key pair among the parts, so no
  # instance gets one.
  statement {
    sid       = "LaunchWithParts"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.at.ec2}:network-interface/*", "${local.at.ec2}:volume/*"]
  }

  # The same: from an image of Amazon's own.
  statement {
    sid       = "LaunchAmazonLinux"
    actions   = ["ec2:RunInstances"]
    resources = ["${local.aws}:ec2:${var.region}::image/*"]

    condition {
      test     = "StringEquals"
      variable = "ec2:Owner"
      values   = ["amazon"]
    }
  }

  # The same: the role that the profile holds.
  statement {
    sid       = "PassInstanceRoles"
    actions   = ["iam:PassRole"]
    resources = local.instance_role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }

  # The same, and nat_gateway, ssm_vpc_endpoints: the tags of what is being made, and of nothing that is there.
  statement {
    sid       = "TagWhatIsMade"
    actions   = ["ec2:CreateTags"]
    resources = [for kind in ["elastic-ip", "instance", "natgateway", "volume", "vpc-endpoint"] : "${local.at.ec2}:${kind}/*"]

    dynamic "condition" {
      for_each = merge(local.runner_made, {
        "ec2:CreateAction" = ["AllocateAddress", "CreateNatGateway", "CreateVpcEndpoint", "RunInstances"]
      })

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same, off: the environment's instances.
  statement {
    sid       = "EndInstances"
    actions   = ["ec2:TerminateInstances"]
    resources = ["${local.at.ec2}:instance/*"]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }
}
