"""The GraphQL contract: types, resolvers and the wire formats."""
