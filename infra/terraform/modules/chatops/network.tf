# A VPC of the bot's own, so that no environment's apply or destroy cuts it off. Tasks have public addresses and no way
# in: Slack is reached by Socket Mode, which the bot opens, so a NAT gateway would only cost. An address is 3.65 US
# dollars a month and task, a NAT gateway 47 and its traffic.

module "network" {
  source = "../network"

  name                    = var.name
  cidr                    = var.vpc_cidr
  nat_gateways            = 0
  flow_logs               = var.flow_logs
  flow_log_retention_days = var.log_retention_days
}

resource "aws_security_group" "bot" {
  name        = "${var.name}-bot"
  description = "The bot: out to Slack, AWS and the load balancers, and no way in"
  vpc_id      = module.network.vpc_id

  tags = merge(local.tags, { Name = "${var.name}-bot" })

  lifecycle {
    create_before_destroy = true
  }
}

# 443 for Slack and AWS, and 80 for `health` through a load balancer that has no certificate.
resource "aws_vpc_security_group_egress_rule" "bot" {
  for_each = toset(["80", "443"])

  security_group_id = aws_security_group.bot.id
  description       = "Out on ${each.key}"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)

  tags = local.tags
}
