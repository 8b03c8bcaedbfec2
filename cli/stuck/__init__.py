"""What got stuck: events that could not be delivered, and timers that failed too often.

They hold customers' texts and belong to all tenants of a deployment, so no tenant's administrator sees them through the
management API: whoever looks has rights at the storage account itself, by the roles of Azure.
"""
