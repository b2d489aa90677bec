resource "aws_vpc_security_group_ingress_rule" "alb" {
  for_each = { http = 80, https = 443 }

  security_group_id = aws_security_group.alb.id
  description       = "${upper(each.key)} from ${var.alb_public ? "anywhere" : "the VPC"}"
  cidr_ipv4         = var.alb_public ? "0.0.0.0/0" : var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value

  tags = { Name = "${var.name}-alb-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "alb" {
  for_each = var.services

  security_group_id            = aws_security_group.alb.id
  description                  = "To ${each.key}"
  referenced_security_group_id = aws_security_group.service[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value

  tags = { Name = "${var.name}-alb-to-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  for_each = var.services

  security_group_id            = aws_security_group.service[each.key].id
  description                  = "From the load balancer"
  referenced_security_group_id = aws_security_group.alb.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value

  tags = { Name = "${var.name}-${each.key}-from-alb" }
}

# Package repositories, AWS's APIs, Session Manager: all by HTTPS, all begun from within. Name service and time are
# the VPC's own and pass no group.
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = local.instances

  security_group_id = each.value
  description       = "HTTPS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-${each.key}-https" }
}

resource "aws_vpc_security_group_egress_rule" "database" {
  for_each = local.clients

  security_group_id            = each.value
  description                  = "To the database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port

  tags = { Name = "${var.name}-${each.key}-to-database" }
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each = local.clients

  security_group_id            = aws_security_group.database.id
  description                  = "From ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port

  tags = { Name = "${var.name}-database-from-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = local.instances

  security_group_id            = aws_security_group.endpoints.id
  description                  = "From ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "${var.name}-endpoints-from-${each.key}" }
}
