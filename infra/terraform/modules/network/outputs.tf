output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "availability_zones" {
  description = "Names of the zones, in the order of the subnet ids."
  value       = local.zones
}

output "public_subnet_ids" {
  description = "Ids of the subnets that reach the internet directly, in the order of the zones; only load balancers and NAT gateways belong there."
  value       = [for zone in local.zones : aws_subnet.public[zone].id]

  # EC2 refuses a public load balancer in a VPC without an internet gateway, and a task without a route pulls no image.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Ids of the subnets for instances, in the order of the zones."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]

  # An instance installs itself when it boots: the way out must be there before it is.
  depends_on = [aws_route.nat, aws_route_table_association.private, aws_vpc_endpoint.s3]
}

output "database_subnet_ids" {
  description = "Ids of the subnets without any way out, in the order of the zones."
  value       = [for zone in local.zones : aws_subnet.database[zone].id]
}

output "private_route_table_ids" {
  description = "Ids of the private subnets' route tables, in the order of the zones."
  value       = [for zone in local.zones : aws_route_table.private[zone].id]
}
