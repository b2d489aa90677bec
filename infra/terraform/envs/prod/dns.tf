data "aws_route53_zone" "this" {
  count = var.dns_in_route53 ? 1 : 0

  name         = coalesce(var.zone, var.domain)
  private_zone = false
}

locals {
  records = {
    for service, host in local.hosts : host => contains(keys(local.services), service) ? {
      name = module.alb.dns_name
      zone = module.alb.zone_id
      } : {
      name = module.site[service].domain_name
      zone = module.site[service].hosted_zone_id
    }
  }

  # What proves to ACM that the names are ours, by host name.
  proofs = {
    for service, host in local.hosts : host => one([
      for option in contains(keys(local.services), service) ? aws_acm_certificate.services.domain_validation_options : aws_acm_certificate.sites.domain_validation_options :
      option if option.domain_name == host
    ])
  }
}

resource "aws_acm_certificate" "services" {
  domain_name               = local.hosts.backend-api
  subject_alternative_names = [local.hosts.web-driver]
  validation_method         = "DNS"

  tags = { Name = "${local.name}-services", Service = "alb" }

  # A listener has one at every moment.
  lifecycle {
    create_before_destroy = true
  }
}

# CloudFront takes certificates of this region only.
resource "aws_acm_certificate" "sites" {
  region = "us-east-1"

  domain_name               = local.hosts.web-admin
  subject_alternative_names = [local.hosts.web-passenger]
  validation_method         = "DNS"

  tags = { Name = "${local.name}-sites" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  for_each = var.dns_in_route53 ? local.proofs : {}

  zone_id         = data.aws_route53_zone.this[0].zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  records         = [each.value.resource_record_value]
  ttl             = 300
  allow_overwrite = true # the same name has the same proof in every certificate, an earlier one's too
}

# Waits until ACM has seen the records, an hour and a quarter at most.
resource "aws_acm_certificate_validation" "services" {
  certificate_arn         = aws_acm_certificate.services.arn
  validation_record_fqdns = var.dns_in_route53 ? [for host in [local.hosts.backend-api, local.hosts.web-driver] : aws_route53_record.proof[host].fqdn] : null
}

resource "aws_acm_certificate_validation" "sites" {
  region = "us-east-1"

  certificate_arn         = aws_acm_certificate.sites.arn
  validation_record_fqdns = var.dns_in_route53 ? [for host in [local.hosts.web-admin, local.hosts.web-passenger] : aws_route53_record.proof[host].fqdn] : null
}

resource "aws_route53_record" "host" {
  for_each = var.dns_in_route53 ? local.records : {}

  zone_id = data.aws_route53_zone.this[0].zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = each.value.name
    zone_id                = each.value.zone
    evaluate_target_health = false # one target each: an answer that is sick beats none
  }
}

# The sites' distributions answer over IPv6 too; the load balancer has no IPv6.
resource "aws_route53_record" "site_ipv6" {
  for_each = { for host, target in local.records : host => target if var.dns_in_route53 && contains([local.hosts.web-admin, local.hosts.web-passenger], host) }

  zone_id = data.aws_route53_zone.this[0].zone_id
  name    = each.key
  type    = "AAAA"

  alias {
    name                   = each.value.name
    zone_id                = each.value.zone
    evaluate_target_health = false
  }
}
