# Groups and rules cost nothing and stand always, whatever of the things they protect is switched on: so no toggle
# touches them, and none depends upon another.

locals {
  clients = merge(
    { for service in var.database_clients : service => aws_security_group.service[service].id },
    { bastion = aws_security_group.bastion.id },
  )
  instances = merge(
    { for service, group in aws_security_group.service : service => group.id },
    { bastion = aws_security_group.bastion.id },
  )
}

resource "aws_security_group" "alb" {
  name        = "${var.name}-alb"
  description = "Load balancer: HTTP and HTTPS in, the ports of the services out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-alb", Service = "alb" }
}

resource "aws_security_group" "service" {
  for_each = var.services

  name        = "${var.name}-${each.key}"
  description = "Instances of ${each.key}: in from the load balancer alone"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-${each.key}", Service = each.key }
}

resource "aws_security_group" "bastion" {
  name        = "${var.name}-bastion"
  description = "Bastion: nothing in, Session Manager and the database out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-bastion", Service = "bastion" }
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "Database: in from its clients, nothing out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-database", Service = "rds" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "Interface endpoints: HTTPS in from the instances, nothing out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-endpoints", Service = "ssm-endpoints" }
}
