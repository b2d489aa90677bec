locals {
  balancer_arns = {
    for kind, depth in { loadbalancer = "*", listener = "*/*", listener-rule = "*/*/*" } :
    kind => [for name in local.runner_names : "${local.at.elasticloadbalancing}:${kind}/app/${name}-*/${depth}"]
  }
  target_group_arns = [for name in local.runner_names : "${local.at.elasticloadbalancing}:targetgroup/${name}-*/*"]
}

data "aws_iam_policy_document" "runner_network" {
  # toggle set nat_gateway, ssm_vpc_endpoints: an address, a gateway, an endpoint, with the environment's tags.
  statement {
    sid     = "MakeRoads"
    actions = ["ec2:AllocateAddress", "ec2:CreateNatGateway", "ec2:CreateVpcEndpoint"]
    resources = [
      for kind in ["elastic-ip", "natgateway", "vpc-endpoint"] : "${local.at.ec2}:${kind}/*"
    ]

    dynamic "condition" {
      for_each = local.runner_made

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: in the environment's network, on its address. AWS asks for every part.
  statement {
    sid     = "MakeRoadsInOwnNetwork"
    actions = ["ec2:CreateNatGateway", "ec2:CreateVpcEndpoint"]
    resources = [
      for kind in ["elastic-ip", "security-group", "subnet", "vpc"] : "${local.at.ec2}:${kind}/*"
    ]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # toggle set ssm_vpc_endpoints: private names for SSM's own, which AWS keeps in zones of its own.
  statement {
    sid       = "NameEndpoints"
    actions   = ["route53:AssociateVPCWithHostedZone"]
    resources = ["${local.aws}:route53:::hostedzone/*"]
  }

  # toggle set nat_gateway: the way out of the private subnets.
  statement {
    sid       = "Route"
    actions   = ["ec2:CreateRoute", "ec2:DeleteRoute", "ec2:ReplaceRoute"]
    resources = ["${local.at.ec2}:route-table/*"]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same, off.
  statement {
    sid     = "RemoveRoads"
    actions = ["ec2:DeleteNatGateway", "ec2:DeleteVpcEndpoints", "ec2:DisassociateAddress", "ec2:ReleaseAddress"]
    resources = [
      for kind in ["elastic-ip", "natgateway", "vpc-endpoint"] : "${local.at.ec2}:${kind}/*"
    ]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: the address leaves the gateway's interface, which AWS made and nobody tagged.
  statement {
    sid       = "LeaveInterface"
    actions   = ["ec2:DisassociateAddress"]
    resources = ["${local.at.ec2}:network-interface/*"]

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/Project"
      values   = ["true"]
    }
  }

  # toggle set alb: a load balancer and what belongs to it, by the environment's name.
  statement {
    sid = "MakeBalancers"
    actions = [
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:CreateTargetGroup",
    ]
    resources = concat(local.balancer_arns.loadbalancer, local.balancer_arns.listener, local.target_group_arns)

    dynamic "condition" {
      for_each = local.runner_made

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: their tags, settings and targets; and off.
  statement {
    sid = "KeepBalancers"
    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RegisterTargets",
    ]
    resources = concat(flatten(values(local.balancer_arns)), local.target_group_arns)
  }
}
