"""Documents of others read into the inventory: OpenAPI, Swagger, AsyncAPI, and catalogues of Backstage.

A document is read whole (``reading``), understood without the database (``openapi``, ``asyncapi``, ``backstage``),
compared with what there is (``plan``), and applied in one transaction (``apply``). Nothing in it is ever fetched.
"""
