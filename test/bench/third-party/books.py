"""A bookshelf in the way of flask-smorest, whose contract is the one that it writes. BUG plants one bug.

`python books.py dump` prints the contract, `python books.py` serves on PORT.
"""
import logging, os, sys, uuid
from flask import Flask
from flask.views import MethodView
import marshmallow as ma
from marshmallow import validate as v
from flask_smorest import Api, Blueprint, abort, Page
BUG=os.environ.get('BUG','')
def bug(n): return n==BUG
app=Flask(__name__)
app.config.update(API_TITLE='Bookshelf',API_VERSION='v1',OPENAPI_VERSION='3.0.3',OPENAPI_URL_PREFIX='/',OPENAPI_JSON_PATH='openapi.json',PROPAGATE_EXCEPTIONS=False)
api=Api(app)
class Strict(ma.Schema): pass
class AuthorSchema(Strict):
    id=ma.fields.UUID(dump_only=True)
    name=ma.fields.String(required=True,validate=v.Length(1,50))
    country=ma.fields.String(validate=v.Regexp('^[A-Z]{2}$'),required=True)
    born=ma.fields.Date(allow_none=True)
class BookSchema(Strict):
    id=ma.fields.UUID(dump_only=True)
    author_id=ma.fields.UUID(required=True)
    title=ma.fields.String(required=True,validate=v.Length(1,100))
    pages=ma.fields.Integer(required=True,strict=True,validate=v.Range(1,5000))
    genre=ma.fields.String(required=True,validate=v.OneOf(['novel','poetry','essay','drama']))
    price=ma.fields.Float(required=True,validate=v.Range(0,1000))
    available=ma.fields.Boolean(load_default=True)
class BookQuery(Strict):
    genre=ma.fields.String(validate=v.OneOf(['novel','poetry','essay','drama']))
    author_id=ma.fields.UUID()
    min_pages=ma.fields.Integer(validate=v.Range(0,5000))
authors={}; books={}
ab=Blueprint('authors','authors',url_prefix='/authors'); bb=Blueprint('books','books',url_prefix='/books')
class ListPage(Page):
    @property
    def item_count(self): return len(self.collection)
@ab.route('/')
class Authors(MethodView):
    @ab.response(200,AuthorSchema(many=True))
    @ab.paginate(ListPage)
    def get(self): return list(authors.values())
    @ab.arguments(AuthorSchema)
    @ab.response(201,AuthorSchema)
    def post(self,data):
        data['id']=uuid.uuid4(); authors[data['id']]=data
        if bug('born-crash') and data.get('born') and data['born'].year<1000: raise ValueError('year')
        return data
@ab.route('/<uuid:author_id>')
class Author(MethodView):
    @ab.response(200,AuthorSchema)
    @ab.alt_response(404,description='no author')
    def get(self,author_id): return authors.get(author_id) or abort(404)
    @ab.arguments(AuthorSchema)
    @ab.response(200,AuthorSchema)
    @ab.alt_response(404,description='no author')
    def put(self,data,author_id):
        if author_id not in authors: abort(404)
        if bug('put-merge'): authors[author_id]={**authors[author_id],**data}
        else: authors[author_id]={**data,'id':author_id}
        if bug('put-id'): authors[author_id]['id']=uuid.uuid4()
        return authors[author_id]
    @ab.response(204)
    @ab.alt_response(404,description='no author')
    @ab.alt_response(409,description='has books')
    def delete(self,author_id):
        if author_id not in authors: abort(404)
        if any(b['author_id']==author_id for b in books.values()) and not bug('delete-with-books'): abort(409)
        del authors[author_id]
        if bug('delete-body'): return {'ok':True}
@bb.route('/')
class Books(MethodView):
    @bb.arguments(BookQuery,location='query')
    @bb.response(200,BookSchema(many=True))
    @bb.paginate(ListPage)
    def get(self,q):
        r=list(books.values())
        if 'genre' in q: r=[b for b in r if b['genre']==q['genre'] or bug('genre-filter')]
        if 'author_id' in q and not bug('author-filter'): r=[b for b in r if b['author_id']==q['author_id']]
        if 'min_pages' in q: r=[b for b in r if (b['pages']>q['min_pages'] if bug('min-pages') else b['pages']>=q['min_pages'])]
        return r
    @bb.arguments(BookSchema)
    @bb.response(201,BookSchema)
    @bb.alt_response(409,description='author unknown')
    def post(self,d):
        if d['author_id'] not in authors and not bug('ghost-author'): abort(409,message='author unknown')
        d['id']=uuid.uuid4(); books[d['id']]=d
        if bug('price-round'): books[d['id']]={**d,'price':round(d['price'])}
        if bug('available-default') : d.setdefault('available',False)
        if bug('zero-price') and d['price']==0: 1/d['price']
        return d
@bb.route('/<uuid:book_id>')
class Book(MethodView):
    @bb.response(200,BookSchema)
    @bb.alt_response(404,description='no book')
    def get(self,book_id):
        if book_id not in books: abort(404)
        b=books[book_id]
        if bug('pages-string'): return app.json.response({**BookSchema().dump(b),'pages':str(b['pages'])})
        if bug('drama-null') and b['genre']=='drama': return app.json.response({**BookSchema().dump(b),'price':None})
        return b
    @bb.arguments(BookSchema)
    @bb.response(200,BookSchema)
    @bb.alt_response(404,description='no book')
    @bb.alt_response(409,description='author unknown')
    def put(self,d,book_id):
        if book_id not in books: abort(404)
        if d['author_id'] not in authors: abort(409)
        if bug('put-dropped'): return {**d,'id':book_id}
        books[book_id]={**d,'id':book_id}; return books[book_id]
    @bb.response(204)
    @bb.alt_response(404,description='no book')
    def delete(self,book_id):
        if book_id not in books:
            if bug('delete-twice-500'): books.pop(book_id)
            abort(404)
        if bug('delete-clears'): books.clear(); return
        del books[book_id]
api.register_blueprint(ab); api.register_blueprint(bb)

if __name__=='__main__':
    if sys.argv[1:]==['dump']: print(app.test_client().get('/openapi.json').text)
    else:
        from werkzeug.serving import WSGIRequestHandler, run_simple
        logging.disable(50); WSGIRequestHandler.protocol_version='HTTP/1.1'
        run_simple('127.0.0.1',int(os.environ['PORT']),app,threaded=True)
