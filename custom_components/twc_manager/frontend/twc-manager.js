/* TWC Manager: made from frontend/ by npm run build. Contains Lit, (c) Google LLC, BSD-3-Clause. */
var Be=globalThis,Ge=Be.ShadowRoot&&(Be.ShadyCSS===void 0||Be.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ht=Symbol(),bn=new WeakMap,Se=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==Ht)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Ge&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=bn.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&bn.set(t,e))}return e}toString(){return this.cssText}},xn=n=>new Se(typeof n=="string"?n:n+"",void 0,Ht),x=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,o,i)=>r+(s=>{if(s._$cssResult$===!0)return s.cssText;if(typeof s=="number")return s;throw Error("Value passed to 'css' function must be a 'css' function result: "+s+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+n[i+1],n[0]);return new Se(t,n,Ht)},wn=(n,e)=>{if(Ge)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),o=Be.litNonce;o!==void 0&&r.setAttribute("nonce",o),r.textContent=t.cssText,n.appendChild(r)}},Nt=Ge?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return xn(t)})(n):n;var{is:Bo,defineProperty:Go,getOwnPropertyDescriptor:Wo,getOwnPropertyNames:zo,getOwnPropertySymbols:Ko,getPrototypeOf:jo}=Object,We=globalThis,$n=We.trustedTypes,qo=$n?$n.emptyScript:"",Yo=We.reactiveElementPolyfillSupport,Te=(n,e)=>n,Dt={toAttribute(n,e){switch(e){case Boolean:n=n?qo:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},Sn=(n,e)=>!Bo(n,e),_n={attribute:!0,type:String,converter:Dt,reflect:!1,useDefault:!1,hasChanged:Sn};Symbol.metadata??=Symbol("metadata"),We.litPropertyMetadata??=new WeakMap;var H=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=_n){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),o=this.getPropertyDescriptor(e,r,t);o!==void 0&&Go(this.prototype,e,o)}}static getPropertyDescriptor(e,t,r){let{get:o,set:i}=Wo(this.prototype,e)??{get(){return this[t]},set(s){this[t]=s}};return{get:o,set(s){let a=o?.call(this);i?.call(this,s),this.requestUpdate(e,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??_n}static _$Ei(){if(this.hasOwnProperty(Te("elementProperties")))return;let e=jo(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Te("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Te("properties"))){let t=this.properties,r=[...zo(t),...Ko(t)];for(let o of r)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,o]of t)this.elementProperties.set(r,o)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let o=this._$Eu(t,r);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let o of r)t.unshift(Nt(o))}else e!==void 0&&t.push(Nt(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return wn(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,r);if(o!==void 0&&r.reflect===!0){let i=(r.converter?.toAttribute!==void 0?r.converter:Dt).toAttribute(t,r.type);this._$Em=e,i==null?this.removeAttribute(o):this.setAttribute(o,i),this._$Em=null}}_$AK(e,t){let r=this.constructor,o=r._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let i=r.getPropertyOptions(o),s=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:Dt;this._$Em=o;let a=s.fromAttribute(t,i.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,r,o=!1,i){if(e!==void 0){let s=this.constructor;if(o===!1&&(i=this[e]),r??=s.getPropertyOptions(e),!((r.hasChanged??Sn)(i,t)||r.useDefault&&r.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(s._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:o,wrapped:i},s){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,s??t??this[e]),i!==!0||s!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,i]of this._$Ep)this[o]=i;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[o,i]of r){let{wrapped:s}=i,a=this[o];s!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,i,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};H.elementStyles=[],H.shadowRootOptions={mode:"open"},H[Te("elementProperties")]=new Map,H[Te("finalized")]=new Map,Yo?.({ReactiveElement:H}),(We.reactiveElementVersions??=[]).push("2.1.2");var Ut=globalThis,Tn=n=>n,ze=Ut.trustedTypes,kn=ze?ze.createPolicy("lit-html",{createHTML:n=>n}):void 0,Vt="$lit$",N=`lit$${Math.random().toFixed(9).slice(2)}$`,Ft="?"+N,Zo=`<${Ft}>`,ee=document,Ce=()=>ee.createComment(""),Re=n=>n===null||typeof n!="object"&&typeof n!="function",Bt=Array.isArray,An=n=>Bt(n)||typeof n?.[Symbol.iterator]=="function",It=`[ 	
\f\r]`,ke=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Cn=/-->/g,Rn=/>/g,Q=RegExp(`>|${It}(?:([^\\s"'>=/]+)(${It}*=${It}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),En=/'/g,Pn=/"/g,Ln=/^(?:script|style|textarea|title)$/i,Gt=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),c=Gt(1),g=Gt(2),yl=Gt(3),$=Symbol.for("lit-noChange"),u=Symbol.for("lit-nothing"),Mn=new WeakMap,J=ee.createTreeWalker(ee,129);function On(n,e){if(!Bt(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return kn!==void 0?kn.createHTML(e):e}var Hn=(n,e)=>{let t=n.length-1,r=[],o,i=e===2?"<svg>":e===3?"<math>":"",s=ke;for(let a=0;a<t;a++){let l=n[a],d,p,m=-1,f=0;for(;f<l.length&&(s.lastIndex=f,p=s.exec(l),p!==null);)f=s.lastIndex,s===ke?p[1]==="!--"?s=Cn:p[1]!==void 0?s=Rn:p[2]!==void 0?(Ln.test(p[2])&&(o=RegExp("</"+p[2],"g")),s=Q):p[3]!==void 0&&(s=Q):s===Q?p[0]===">"?(s=o??ke,m=-1):p[1]===void 0?m=-2:(m=s.lastIndex-p[2].length,d=p[1],s=p[3]===void 0?Q:p[3]==='"'?Pn:En):s===Pn||s===En?s=Q:s===Cn||s===Rn?s=ke:(s=Q,o=void 0);let h=s===Q&&n[a+1].startsWith("/>")?" ":"";i+=s===ke?l+Zo:m>=0?(r.push(d),l.slice(0,m)+Vt+l.slice(m)+N+h):l+N+(m===-2?a:h)}return[On(n,i+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},Ee=class n{constructor({strings:e,_$litType$:t},r){let o;this.parts=[];let i=0,s=0,a=e.length-1,l=this.parts,[d,p]=Hn(e,t);if(this.el=n.createElement(d,r),J.currentNode=this.el.content,t===2||t===3){let m=this.el.content.firstChild;m.replaceWith(...m.childNodes)}for(;(o=J.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let m of o.getAttributeNames())if(m.endsWith(Vt)){let f=p[s++],h=o.getAttribute(m).split(N),y=/([.?@])?(.*)/.exec(f);l.push({type:1,index:i,name:y[2],strings:h,ctor:y[1]==="."?je:y[1]==="?"?qe:y[1]==="@"?Ye:ne}),o.removeAttribute(m)}else m.startsWith(N)&&(l.push({type:6,index:i}),o.removeAttribute(m));if(Ln.test(o.tagName)){let m=o.textContent.split(N),f=m.length-1;if(f>0){o.textContent=ze?ze.emptyScript:"";for(let h=0;h<f;h++)o.append(m[h],Ce()),J.nextNode(),l.push({type:2,index:++i});o.append(m[f],Ce())}}}else if(o.nodeType===8)if(o.data===Ft)l.push({type:2,index:i});else{let m=-1;for(;(m=o.data.indexOf(N,m+1))!==-1;)l.push({type:7,index:i}),m+=N.length-1}i++}}static createElement(e,t){let r=ee.createElement("template");return r.innerHTML=e,r}};function te(n,e,t=n,r){if(e===$)return e;let o=r!==void 0?t._$Co?.[r]:t._$Cl,i=Re(e)?void 0:e._$litDirective$;return o?.constructor!==i&&(o?._$AO?.(!1),i===void 0?o=void 0:(o=new i(n),o._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=o:t._$Cl=o),o!==void 0&&(e=te(n,o._$AS(n,e.values),o,r)),e}var Ke=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,o=(e?.creationScope??ee).importNode(t,!0);J.currentNode=o;let i=J.nextNode(),s=0,a=0,l=r[0];for(;l!==void 0;){if(s===l.index){let d;l.type===2?d=new de(i,i.nextSibling,this,e):l.type===1?d=new l.ctor(i,l.name,l.strings,this,e):l.type===6&&(d=new Ze(i,this,e)),this._$AV.push(d),l=r[++a]}s!==l?.index&&(i=J.nextNode(),s++)}return J.currentNode=ee,o}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},de=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,o){this.type=2,this._$AH=u,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=te(this,e,t),Re(e)?e===u||e==null||e===""?(this._$AH!==u&&this._$AR(),this._$AH=u):e!==this._$AH&&e!==$&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):An(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==u&&Re(this._$AH)?this._$AA.nextSibling.data=e:this.T(ee.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,o=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=Ee.createElement(On(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===o)this._$AH.p(t);else{let i=new Ke(o,this),s=i.u(this.options);i.p(t),this.T(s),this._$AH=i}}_$AC(e){let t=Mn.get(e.strings);return t===void 0&&Mn.set(e.strings,t=new Ee(e)),t}k(e){Bt(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,o=0;for(let i of e)o===t.length?t.push(r=new n(this.O(Ce()),this.O(Ce()),this,this.options)):r=t[o],r._$AI(i),o++;o<t.length&&(this._$AR(r&&r._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=Tn(e).nextSibling;Tn(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},ne=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,o,i){this.type=1,this._$AH=u,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=i,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=u}_$AI(e,t=this,r,o){let i=this.strings,s=!1;if(i===void 0)e=te(this,e,t,0),s=!Re(e)||e!==this._$AH&&e!==$,s&&(this._$AH=e);else{let a=e,l,d;for(e=i[0],l=0;l<i.length-1;l++)d=te(this,a[r+l],t,l),d===$&&(d=this._$AH[l]),s||=!Re(d)||d!==this._$AH[l],d===u?e=u:e!==u&&(e+=(d??"")+i[l+1]),this._$AH[l]=d}s&&!o&&this.j(e)}j(e){e===u?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},je=class extends ne{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===u?void 0:e}},qe=class extends ne{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==u)}},Ye=class extends ne{constructor(e,t,r,o,i){super(e,t,r,o,i),this.type=5}_$AI(e,t=this){if((e=te(this,e,t,0)??u)===$)return;let r=this._$AH,o=e===u&&r!==u||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,i=e!==u&&(r===u||o);o&&this.element.removeEventListener(this.name,this,r),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Ze=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){te(this,e)}},Nn={M:Vt,P:N,A:Ft,C:1,L:Hn,R:Ke,D:An,V:te,I:de,H:ne,N:qe,U:Ye,B:je,F:Ze},Xo=Ut.litHtmlPolyfillSupport;Xo?.(Ee,de),(Ut.litHtmlVersions??=[]).push("3.3.3");var Dn=(n,e,t)=>{let r=t?.renderBefore??e,o=r._$litPart$;if(o===void 0){let i=t?.renderBefore??null;r._$litPart$=o=new de(e.insertBefore(Ce(),i),i,void 0,t??{})}return o._$AI(n),o};var Wt=globalThis,C=class extends H{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Dn(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return $}};C._$litElement$=!0,C.finalized=!0,Wt.litElementHydrateSupport?.({LitElement:C});var Qo=Wt.litElementPolyfillSupport;Qo?.({LitElement:C});(Wt.litElementVersions??=[]).push("4.2.2");var M={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},pe=n=>(...e)=>({_$litDirective$:n,values:e}),z=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,r){this._$Ct=e,this._$AM=t,this._$Ci=r}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:Jo}=Nn,In=n=>n;var Vn=n=>n.strings===void 0,Un=()=>document.createComment(""),me=(n,e,t)=>{let r=n._$AA.parentNode,o=e===void 0?n._$AB:e._$AA;if(t===void 0){let i=r.insertBefore(Un(),o),s=r.insertBefore(Un(),o);t=new Jo(i,s,n,n.options)}else{let i=t._$AB.nextSibling,s=t._$AM,a=s!==n;if(a){let l;t._$AQ?.(n),t._$AM=n,t._$AP!==void 0&&(l=n._$AU)!==s._$AU&&t._$AP(l)}if(i!==o||a){let l=t._$AA;for(;l!==i;){let d=In(l).nextSibling;In(r).insertBefore(l,o),l=d}}}return t},K=(n,e,t=n)=>(n._$AI(e,t),n),ei={},Xe=(n,e=ei)=>n._$AH=e,Fn=n=>n._$AH,Qe=n=>{n._$AR(),n._$AA.remove()};var Bn=(n,e,t)=>{let r=new Map;for(let o=e;o<=t;o++)r.set(n[o],o);return r},Gn=pe(class extends z{constructor(n){if(super(n),n.type!==M.CHILD)throw Error("repeat() can only be used in text expressions")}dt(n,e,t){let r;t===void 0?t=e:e!==void 0&&(r=e);let o=[],i=[],s=0;for(let a of n)o[s]=r?r(a,s):s,i[s]=t(a,s),s++;return{values:i,keys:o}}render(n,e,t){return this.dt(n,e,t).values}update(n,[e,t,r]){let o=Fn(n),{values:i,keys:s}=this.dt(e,t,r);if(!Array.isArray(o))return this.ut=s,i;let a=this.ut??=[],l=[],d,p,m=0,f=o.length-1,h=0,y=i.length-1;for(;m<=f&&h<=y;)if(o[m]===null)m++;else if(o[f]===null)f--;else if(a[m]===s[h])l[h]=K(o[m],i[h]),m++,h++;else if(a[f]===s[y])l[y]=K(o[f],i[y]),f--,y--;else if(a[m]===s[y])l[y]=K(o[m],i[y]),me(n,l[y+1],o[m]),m++,y--;else if(a[f]===s[h])l[h]=K(o[f],i[h]),me(n,o[m],o[f]),f--,h++;else if(d===void 0&&(d=Bn(s,h,y),p=Bn(a,m,f)),d.has(a[m]))if(d.has(a[f])){let P=p.get(s[h]),Ot=P!==void 0?o[P]:null;if(Ot===null){let vn=me(n,o[m]);K(vn,i[h]),l[h]=vn}else l[h]=K(Ot,i[h]),me(n,o[m],Ot),o[P]=null;h++}else Qe(o[f]),f--;else Qe(o[m]),m++;for(;h<=y;){let P=me(n,l[y+1]);K(P,i[h]),l[h++]=P}for(;m<=f;){let P=o[m++];P!==null&&Qe(P)}return this.ut=s,Xe(n,l),$}});var v="twc_manager",O="https://github.com/twc-manager/twc-manager";function he(n,e,t={}){n.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}function Je(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var ti=["binary_sensor.cable","binary_sensor.charging","binary_sensor.connection","binary_sensor.problem","event.session","number.charge_below_price","number.charge_limit","number.grid_share","number.priority","number.reserved_power","number.stop_at","number.total_current_limit","select.mode","select.own_mode","sensor.charge_now_until","sensor.current","sensor.energy_battery","sensor.energy_green","sensor.energy_grid","sensor.green_power","sensor.lifetime_energy","sensor.limited_by","sensor.month_cost","sensor.next_change","sensor.offered_current","sensor.power","sensor.price","sensor.rating","sensor.rule","sensor.session_cost","sensor.session_energy","sensor.session_started","sensor.status","sensor.total_current","sensor.total_power","sensor.vehicle","sensor.year_cost","switch.charge","switch.charge_now","switch.pause_plans","switch.plan","switch.skip_plan"],Kn=["RS-485","Wall Connector Gen 2"],ni=/^(?<entryId>[^_.]+)_(?<id>[0-9A-F]{4})$/,ri=new Set(ti),Pe;function D(n){return zt(n)?((Pe===void 0||!oi(Pe,n))&&(Pe=ii(n)),Pe.buses):[]}function et(n,e){return D(n),Pe?.byDevice.get(e)??new Map}function zt(n){return!!(n.entities&&n.devices)}function oi(n,e){return n.entities===e.entities&&n.devices===e.devices&&!n.unnamed.some(t=>Kt(e,t)!==void 0)}function S(n,e){let t=D(n);return e===void 0?t.flatMap(r=>r.connectors):t.find(r=>r.deviceId===e)?.connectors??t.flatMap(r=>r.connectors).filter(r=>r.deviceId===e)}function I(n,e){let t=D(n);return e===void 0?t:t.filter(r=>r.deviceId===e||r.connectors.some(o=>o.deviceId===e))}function Wn(n,e){return n.name_by_user?.trim()||n.name?.trim()||e}function ii(n){let e=Object.values(n.entities).filter(r=>r.platform===v&&!r.hidden),t=ai(n,e);return{entities:n.entities,devices:n.devices,byDevice:t,buses:si(n,t),unnamed:e.filter(r=>!r.translation_key&&Kt(n,r.entity_id)===void 0).map(r=>r.entity_id)}}function si(n,e){let t=new Map,r=[];for(let o of Object.values(n.devices)){let i=o.identifiers.find(([l])=>l===v)?.[1];if(i===void 0||i.includes("."))continue;let s=ni.exec(i)?.groups;if(s===void 0){t.set(i,{device:o,connectors:[]});continue}let a=e.get(o.id)??new Map;r.push([s.entryId,{deviceId:o.id,id:s.id,name:Wn(o,s.id),entities:a}])}for(let[o,i]of r)t.get(o)?.connectors.push(i);return[...t].map(([o,{device:i,connectors:s}])=>({entryId:o,deviceId:i.id,name:Wn(i,"TWC Manager"),entities:e.get(i.id)??new Map,connectors:s.sort(zn)})).sort(zn)}function zn(n,e){return n.name.localeCompare(e.name,void 0,{numeric:!0})||n.deviceId.localeCompare(e.deviceId)}function ai(n,e){let t=new Map;for(let r of e){if(!r.device_id)continue;let o=Me(n,r);if(o===void 0)continue;let i=t.get(r.device_id);i===void 0&&t.set(r.device_id,i=new Map),i.set(o,r.entity_id)}return t}function Kt(n,e){return n.states[e]?.attributes.device_class}function Me(n,e){let t=e.entity_id.split(".",1)[0],r=e.translation_key??Kt(n,e.entity_id),o=`${t}.${r}`;return ri.has(o)?o:void 0}var li="twc_manager/subscribe";var jt=class{constructor(e,t){this.connection=e;this.language=t}connection;language;listeners=new Set;live;failure;unsubscribe;attempt=0;timer;running=!1;add(e){return this.listeners.add(e),(this.live!==void 0||this.failure!==void 0)&&e(this.live,this.failure),this.running||this.start(),()=>{this.listeners.delete(e),this.listeners.size===0&&setTimeout(()=>this.listeners.size===0&&this.stop(),5e3)}}start(){this.running=!0,this.connection.addEventListener("ready",this.subscribe),this.subscribe()}stop(){this.running&&(this.running=!1,this.connection.removeEventListener("ready",this.subscribe),this.end(),this.live=this.failure=void 0)}end(){this.attempt+=1,clearTimeout(this.timer);let e=this.unsubscribe;this.unsubscribe=void 0,e!==void 0&&jn(e)}subscribe=()=>{this.unsubscribe=void 0,this.end();let e=this.attempt;this.connection.subscribeMessage(t=>e===this.attempt&&this.publish(ci(this.live,t),void 0),{type:li,language:this.language},{resubscribe:!1}).then(t=>{e===this.attempt?this.unsubscribe=t:jn(t)},t=>e===this.attempt&&this.failed(t))};failed(e){let t=e?.code;this.publish(void 0,t==="unauthorized"?"refused":"not_loaded"),t!=="unauthorized"&&(this.timer=setTimeout(this.subscribe,5e3))}publish(e,t){this.live=e,this.failure=t;for(let r of[...this.listeners])r(e,t)}};function ci(n,e){let t=e.buses.map(r=>({...U(n,r.entry_id),...r}));return{...e,buses:t}}function jn(n){Promise.resolve(n()).catch(()=>{})}var qn=new WeakMap;function tt(n,e){let t=qn.get(n.connection);return t?.language!==n.language&&(t=new jt(n.connection,n.language),qn.set(n.connection,t)),t.add(e)}function Yn(n,e=import.meta.url){let t=new URL(e).searchParams.get("v");return n!==void 0&&t!==null&&t!==n.version}function nt(n,e){for(let t of n?.buses??[]){let r=t.connectors.find(o=>o.device_id===e);if(r!==void 0)return r}}function U(n,e){return n?.buses.find(t=>t.entry_id===e)}var ui=5e3,di=`component.${v}.config_panel.`,Ae,qt;function re(n){if(Ae?.language!==n.language){let e=pi(n);Ae={language:n.language,texts:e},e.catch(()=>{Ae?.texts===e&&(Ae=void 0)})}return Ae.texts}function oe(n,e){re(n).then(e,()=>setTimeout(()=>oe(n,e),ui))}function V(){return qt}async function pi(n){let e=await n.loadBackendTranslation("config_panel",v);return qt=(t,r)=>e(di+t,r),qt}var Yt=new Set,_=class extends C{static properties={config:{state:!0},live:{state:!0},failure:{state:!0},texts:{state:!0}};static styles=x`
    :host {
      display: block;
      height: 100%;
    }
    ha-card {
      height: 100%;
      box-sizing: border-box;
      overflow: hidden;
    }
    .message {
      padding: 16px;
      color: var(--secondary-text-color);
    }
    .notice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--divider-color);
    }
    .notice button {
      font: inherit;
      color: var(--primary-color);
      background: none;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      padding: 8px 12px;
      min-height: 40px;
      cursor: pointer;
    }
  `;#e;#t;#n;#r;static getConfigForm(){return mi()}static getStubConfig(){return{}}setConfig(e){let t=e?.device_id;if(t!=null&&typeof t!="string")throw new Error(V()?.("common.wrong_device")||"device_id has to be the id of a device");this.config=e}getCardSize(){return 4}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}get hass(){return this.#e}set hass(e){let t=this.#e;this.#e=e,e!==void 0&&((t===void 0||this.#i(t,e))&&this.requestUpdate(),this.#n!==e.language&&(this.#n=e.language,oe(e,r=>{e.language===this.#n&&(this.texts=r)}),this.#a()))}get deviceId(){return this.config?.device_id||void 0}get buses(){return this.#e===void 0?[]:D(this.#e)}shouldUpdate(e){if(this.shownLive===void 0||e.size!==1||!e.has("live"))return!0;let t=JSON.stringify(this.live&&[this.live.version,this.shownLive(this.live)]);return t===this.#r?!1:(this.#r=t,!0)}connectedCallback(){super.connectedCallback(),Yt.add(this),this.#a()}disconnectedCallback(){super.disconnectedCallback(),Yt.delete(this),this.#t?.(),this.#t=void 0}render(){let e=this.#e,t=this.texts;return e===void 0||!zt(e)||t===void 0||!this.config?u:c`<ha-card>${this.#s(t)}${this.#o(e,t)}</ha-card>`}#o(e,t){return this.failure==="refused"?T(t("common.refused")):this.buses.length===0?T(t("common.no_bus")):this.content(e,t)}#s(e){return!Yn(this.live)||[...Yt][0]!==this?u:c`<div class="notice" role="status">
      <span>${e("common.reload_needed")}</span>
      <button type="button" @click=${()=>location.reload()}>${e("common.reload")}</button>
    </div>`}#i(e,t){if(e.locale!==t.locale||e.language!==t.language||e.themes!==t.themes||e.entities!==t.entities||e.devices!==t.devices)return!0;if(e.states===t.states)return!1;for(let r of this.shownEntities(t))if(e.states[r]!==t.states[r])return!0;return!1}#a(){this.#t?.(),this.#t=void 0,!(this.#e===void 0||!this.isConnected)&&(this.#t=tt(this.#e,(e,t)=>{this.live=e,this.failure=t}))}};function T(n){return c`<div class="message">${n}</div>`}function mi(){return{schema:[{name:"device_id",selector:{device:{filter:Kn.map(n=>({integration:v,model:n}))}}}],computeLabel:()=>V()?.("common.device")??"",computeHelper:()=>V()?.("common.device_helper")??""}}var Zn=x`
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    border-radius: 12px;
  }
  button:not(.name),
  select,
  input:not([type="range"]) {
    min-height: 44px;
    box-sizing: border-box;
    padding: 0 12px;
    background: var(--field);
    border: 1px solid transparent;
  }
  button,
  select {
    cursor: pointer;
  }
  option {
    color: var(--primary-text-color);
    background: var(--card-background-color);
  }
  button:focus-visible,
  select:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    opacity: 0.4;
    cursor: default;
  }
  .actions {
    display: flex;
    gap: 8px;
  }
  .action {
    flex: 1 1 0;
    min-width: min-content;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 52px !important;
    overflow-wrap: normal;
    text-align: start;
    font-weight: 500;
  }
  .action.charge_now.on {
    flex-grow: 1.5;
  }
  .action ha-icon {
    flex: none;
  }
  .action .label,
  .action .detail {
    display: block;
  }
  .detail {
    font-size: 0.8rem;
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  .action.charge_now.on,
  .action.charge.off,
  .plan-form .main {
    background: color-mix(in srgb, var(--tint) 22%, transparent);
    border-color: var(--tint);
  }
  .row {
    display: grid;
    align-items: center;
    gap: 4px 12px;
  }
  .mode,
  .stop-at,
  .which {
    grid-template-columns: auto minmax(0, 1fr);
  }
  .mode select,
  .stop-at select,
  .which select {
    width: 100%;
    text-overflow: ellipsis;
  }
  .which .detail {
    grid-column: 1 / -1;
  }
  .limit.row {
    grid-template-columns: 1fr auto;
  }
  .limit output {
    font-weight: 500;
  }
  .steps {
    grid-column: 1 / -1;
    /* The track is filled from the left, whichever way one reads. */
    direction: ltr;
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .steps input {
    flex: 1;
    min-width: 0;
    height: 44px;
    margin: 0;
    appearance: none;
    background: none;
    cursor: pointer;
  }
  .steps input::-webkit-slider-runnable-track {
    height: 8px;
    border-radius: 4px;
    background: linear-gradient(to right, var(--tint) var(--share), var(--line) var(--share));
  }
  .steps input::-webkit-slider-thumb {
    appearance: none;
    width: 24px;
    height: 24px;
    margin-top: -8px;
    border-radius: 50%;
    background: var(--tint);
  }
  .steps input::-moz-range-track {
    height: 8px;
    border-radius: 4px;
    background: var(--line);
  }
  .steps input::-moz-range-progress {
    height: 8px;
    border-radius: 4px;
    background: var(--tint);
  }
  .steps input::-moz-range-thumb {
    width: 24px;
    height: 24px;
    border: none;
    border-radius: 50%;
    background: var(--tint);
  }
  .step {
    flex: none;
    width: 44px;
    padding: 0 !important;
  }
  .plan.row {
    grid-template-columns: auto minmax(0, 1fr) auto;
  }
  .plan > ha-icon {
    color: var(--secondary-text-color);
  }
  .plan-words span {
    display: block;
  }
  .plan-words.problem .detail {
    color: var(--primary-text-color);
    font-weight: 500;
    border-inline-start: 3px solid var(--warning-color);
    padding-inline-start: 6px;
  }
  .plan-form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 8px;
  }
  .plan-form label {
    flex: 1 1 72px;
    min-width: 0;
    display: grid;
    gap: 2px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .plan-form .time {
    flex-basis: 124px;
  }
  .plan-form input,
  .plan-form select {
    width: 100%;
    padding: 0 8px;
    font-size: 1rem;
    color: var(--primary-text-color);
  }
  .plan-form .unit {
    align-self: end;
    line-height: 44px;
  }
  .plan-form .buttons {
    flex: 1 1 100%;
    display: flex;
    gap: 8px;
  }
  .plan-form .buttons button {
    flex: 1;
  }
  .refusal,
  .answer {
    --told: var(--error-color);
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 4px 4px 12px;
    border-radius: 12px;
    border: 1px solid var(--told);
    background: color-mix(in srgb, var(--told) 12%, transparent);
  }
  .answer {
    --told: var(--primary-color);
  }
  .answer.short {
    --told: var(--warning-color);
  }
  .answer p {
    margin: 4px 0;
  }
  .refusal span,
  .answer > div {
    flex: 1;
  }
  .answer button,
  .refusal button {
    flex: none;
    width: 44px;
    padding: 0;
    background: none;
  }
`;var Xn=x`
  .connectors {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
    gap: 1px;
  }
  twc-manager-connector-panel {
    display: block;
    container-type: inline-size;
    box-shadow: 0 0 0 1px var(--divider-color);
  }
  .connector {
    --tint: var(--primary-color);
    --field: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    --line: color-mix(in srgb, var(--primary-text-color) 14%, transparent);
    padding: 16px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  .column {
    display: grid;
    gap: 12px;
    align-content: start;
    min-width: 0;
  }
  .columns {
    display: grid;
    gap: 12px 24px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
  }
  h2 {
    margin: 0;
    font-size: 1rem;
    font-weight: 500;
    color: var(--secondary-text-color);
  }
  .name {
    padding: 4px 8px;
    margin: -4px -8px;
    font: inherit;
    color: inherit;
    text-align: start;
    background: none;
    border: none;
  }
  .vehicle {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
  }
  .level {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--secondary-text-color);
  }
  .battery {
    width: 48px;
    height: 10px;
  }
  .battery .track {
    fill: var(--line);
  }
  .battery .filled {
    fill: var(--state-sensor-battery-high-color, var(--primary-color));
  }
  .battery .target {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .statement {
    margin: 0;
    font-size: 1.25rem;
    font-weight: 500;
    line-height: 1.35;
    /* A unit does not stand alone on the last line. */
    text-wrap: pretty;
  }
  .statement.long {
    font-size: 1.1rem;
  }
  .statement ha-icon {
    --mdc-icon-size: 24px;
    margin-inline-end: 8px;
    color: var(--warning-color);
  }
  .soon {
    font-size: 0.9rem;
    font-weight: 400;
    color: var(--secondary-text-color);
    white-space: nowrap;
  }
  .now {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
  }
  .gauge {
    flex: 1 1 150px;
    max-width: 240px;
    margin-inline: auto;
  }
  .gauge svg {
    display: block;
    width: 100%;
  }
  .gauge path {
    fill: none;
  }
  .gauge .track {
    stroke: var(--line);
  }
  .gauge .offered {
    stroke: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .gauge .drawn {
    stroke: var(--tint);
  }
  .gauge .limit {
    stroke: var(--primary-text-color);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .gauge .amps {
    font-size: 30px;
    font-weight: 500;
    fill: var(--primary-text-color);
  }
  .gauge .power {
    font-size: 16px;
    fill: var(--secondary-text-color);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 2px 10px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .legend b {
    font-weight: 500;
    color: var(--primary-text-color);
    white-space: nowrap;
  }
  .legend i {
    display: inline-block;
    margin-inline-end: 4px;
    vertical-align: middle;
  }
  .legend i.offered {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .legend i.limit {
    width: 3px;
    height: 12px;
    border-radius: 2px;
    background: var(--primary-text-color);
  }
  .facts {
    flex: 1 1 112px;
    display: grid;
    gap: 6px;
    margin: 0;
  }
  .facts div {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 8px;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    margin-block: 0;
    margin-inline: auto 0;
    font-weight: 500;
    text-align: end;
    white-space: nowrap;
  }
  [aria-busy="true"] {
    border-color: var(--tint) !important;
    border-style: dashed !important;
  }
  input[type="range"][aria-busy="true"],
  .plan[aria-busy="true"] {
    opacity: 0.7;
  }
  @media (prefers-reduced-motion: no-preference) {
    .gauge path {
      transition: stroke-dasharray 200ms ease-out;
    }
    [aria-busy="true"] {
      animation: taken 800ms ease-in-out infinite alternate;
    }
    @keyframes taken {
      to {
        opacity: 0.6;
      }
    }
  }
  @container (min-width: 640px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
`;var Qn="twc-manager-connector-card",hi=["number.charge_limit","select.own_mode","sensor.charge_now_until","sensor.current","sensor.offered_current","sensor.rating","sensor.status","sensor.vehicle","switch.charge","switch.charge_now"],fi=["number.stop_at"],gi=["select.mode"],yi=new Set(["sensor.status","number.charge_limit"]),rt=class extends _{static styles=[_.styles,Xn,Zn];static getStubConfig(e){let t=e===void 0?void 0:S(e)[0];return t===void 0?{}:{device_id:t.deviceId}}getCardSize(){return 9*Math.max(1,this.hass===void 0?1:S(this.hass,this.deviceId).length)}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}*shownEntities(e){for(let t of I(e,this.deviceId))yield*Zt(t,gi);for(let t of S(e,this.deviceId)){yield*Zt(t,hi);let r=nt(this.live,t.deviceId)?.vehicle?.device_id;r&&(yield*Zt({entities:et(e,r)},fi))}}updated(e){super.updated(e),this.style.colorScheme=this.hass?.themes?.darkMode===!0?"dark":"light"}content(e,t){let r=S(e,this.deviceId);return r.length===0?T(t(I(e,this.deviceId).length===0?"common.device_gone":"connector_card.none")):c`<div class="connectors">
      ${Gn(r,({deviceId:o})=>o,o=>this.#e(e,t,o))}
    </div>`}#e(e,t,r){return c`<twc-manager-connector-panel
      .hass=${e}
      .texts=${t}
      .bus=${I(e,r.deviceId)[0]}
      .connector=${r}
      .live=${this.live}
      .failure=${this.failure}
    ></twc-manager-connector-panel>`}};function Zt(n,e){return e.flatMap(t=>n.entities.get(t)??[])}function vi(n,e){let t=n.entities[e];return t?.platform!==v||!t.device_id||!yi.has(Me(n,t)??"")?null:{config:{type:`custom:${Qn}`,device_id:t.device_id}}}var Jn={type:Qn,name:"Wall connector",description:"What a wall connector does now, why, and what comes next; with its settings",preview:!0,documentationURL:O,getEntitySuggestion:vi};var er=pe(class extends z{constructor(n){if(super(n),n.type!==M.PROPERTY&&n.type!==M.ATTRIBUTE&&n.type!==M.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!Vn(n))throw Error("`live` bindings can only contain a single expression")}render(n){return n}update(n,[e]){if(e===$||e===u)return e;let t=n.element,r=n.name;if(n.type===M.PROPERTY){if(e===t[r])return $}else if(n.type===M.BOOLEAN_ATTRIBUTE){if(!!e===t.hasAttribute(r))return $}else if(n.type===M.ATTRIBUTE&&t.getAttribute(r)===e+"")return $;return Xe(n),e}});var bi=[6,8,10,13,16,20,24,28,32,40,48,56,64,72,80,96,120,144,160,180,200,240];function Xt({minimum:n,maximum:e}){let t=Math.floor(e);if(!(t>0))return[0];if(n===null)return[0,t];let r=Math.min(Math.ceil(n),t);return[0,...Array.from({length:t-r+1},(o,i)=>r+i)]}function tr(n,e){let t=Xt(n);if(t.length<=e)return t;let r=t[1],o=t.at(-1),i=bi.filter(a=>a>r&&a<o),s=new Set([0,r,o]);for(let a=1;a<e-2;a++){let l=r+(o-r)*a/(e-2);s.add(rr(i,l)??Math.round(l))}return[...s].sort((a,l)=>a-l)}function nr(n,e){let t=rr(n,e);return t===void 0?0:n.indexOf(t)}function rr(n,e){return n.reduce((t,r)=>t===void 0||Math.abs(r-e)<Math.abs(t-e)?r:t,void 0)}var xi={comma_decimal:["en-US","en"],decimal_comma:["de","es","it"],space_comma:["fr","sv","cs"],quote_decimal:["de-CH"],none:["en-US"]},Qt=6e4;function wi(n){if(n.number_format!=="system")return xi[n.number_format]??n.language}var or=new Map;function Jt(n,e){let t=JSON.stringify(n),r=or.get(t);return r===void 0&&or.set(t,r=e()),r}function en(n,e){let t=wi(n.locale),r=n.locale.number_format!=="none";return Jt(["n",t,r,e],()=>new Intl.NumberFormat(t,{useGrouping:r,...e}))}function b(n,e,t=0,r=t){return en(n,{minimumFractionDigits:r,maximumFractionDigits:t}).format(Number(e.toFixed(t))||0)}function E(n,e){return`${b(n,e,1,0)} A`}function j(n,e){return Math.abs(e)<999.5?`${b(n,e)} W`:`${b(n,e/1e3,Math.abs(e)<9995?2:1)} kW`}function F(n,e){return`${b(n,e,Math.abs(e)<99.95?1:0)} kWh`}function k(n,e){return en(n,{style:"percent",maximumFractionDigits:0}).format(e)}function q(n,e,t,r=2){if(!t)return b(n,e,r);let o={style:"currency",currency:t,minimumFractionDigits:r,maximumFractionDigits:r};try{return en(n,o).format(e)}catch{return`${b(n,e,r)} ${t}`}}function fe(n,e,t){return`${q(n,e,t,Math.abs(e)<10?3:1)}/kWh`}function Le(n,e){let{language:t,time_format:r,time_zone:o}=n.locale,i=o==="server"?n.config.time_zone:void 0,s=r==="system"?void 0:t,a=e.hour===void 0||r!=="12"&&r!=="24"?{}:{hourCycle:r==="12"?"h12":"h23"},l={...e,...a,...i?{timeZone:i}:{}};return Jt(["d",s,l],()=>{let d=new Intl.DateTimeFormat(s,l);return d.resolvedOptions().hour12===!1?new Intl.DateTimeFormat(s,{...l,hour:"2-digit"}):d})}function ge(n){return new Date(Math.ceil(n/Qt)*Qt)}function B(n,e){return Le(n,{hour:"numeric",minute:"2-digit"}).format(e)}function ye(n,e){return Le(n,{weekday:"short",hour:"numeric",minute:"2-digit"}).format(e)}function ir(n,e){return Le(n,{weekday:"short"}).format(e)}function sr(n,e){return Le(n,{month:"long",year:"numeric"}).format(e)}function ar(n,e){return Le(n,{day:"numeric",month:"short",hour:"numeric",minute:"2-digit"}).format(e)}function Y(n,e){let t=Math.max(0,Math.ceil(e/Qt)),r=(i,s)=>Jt(["u",n.locale.language,s],()=>new Intl.NumberFormat(n.locale.language,{style:"unit",unit:s,unitDisplay:"short"})).format(i),o=Math.floor(t/60);return o===0?r(t,"minute"):t%60===0?r(o,"hour"):`${r(o,"hour")} ${r(t%60,"minute")}`}function A(n){return n.locale.time_zone==="server"?n.config.time_zone:Intl.DateTimeFormat().resolvedOptions().timeZone}function tn(n){let e=n.map(([r,o,i])=>({start:Date.parse(r),end:Date.parse(o),value:i})).filter(({start:r,end:o,value:i})=>o>r&&Number.isFinite(i)).sort((r,o)=>r.start-o.start),t=-1/0;return e.filter(r=>r.start<t?!1:(t=r.end,!0))}function G(n,e){return n.filter(t=>t.end>e.start&&t.start<e.end).map(t=>({...t,start:Math.max(t.start,e.start),end:Math.min(t.end,e.end)}))}function nn(n){let e=[];for(let t of n){let r=e.at(-1);r&&r.end===t.start&&r.value===t.value?e[e.length-1]={...r,end:t.end}:e.push(t)}return e}function Z(n,e){let t=0,r=0;for(let{start:o,end:i,value:s}of G(n,e))t+=i-o,r+=(i-o)*s;return t>0?r/t:null}function Oe(n,e){return n.find(t=>t.start<=e&&e<t.end)}function ie(n){let e=[];for(let t of n){let r=e.at(-1);r?.at(-1)?.end===t.start?r.push(t):e.push([t])}return e}function ot(n){let e=n.slots.map($i).filter(t=>t.end>t.start).sort((t,r)=>t.start-r.start);return ie(e).flatMap(_i).map(t=>Si(n.plan_id,t))}function $i(n){return{...n,start:Date.parse(n.start),end:Date.parse(n.end)}}function _i(n){let e=[];for(let t of n){let r=e.at(-1);r?.at(-1)?.known===t.known?r.push(t):e.push([t])}return e}function Si(n,e){let t=lr(e.map(a=>a.kwh)),r=lr(e.map(a=>a.cost)),o=e.map(a=>a.amps),i=e[0],{end:s}=e.at(-1);return{id:`${n} ${s}`,start:i.start,end:s,amps:{minimum:Math.min(...o),maximum:Math.max(...o)},kwh:t,cost:r,price:t!==null&&r!==null&&t>0?r/t:null,known:i.known,slots:e}}function lr(n){let e=0;for(let t of n){if(t===null)return null;e+=t}return e}var cr=new Map;function Ti(n){let e=cr.get(n);return e||(e=new Intl.DateTimeFormat("en-CA",{timeZone:n,year:"numeric",month:"2-digit",day:"2-digit",hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),cr.set(n,e)),e}function X(n,e){let t=Object.fromEntries(Ti(e).formatToParts(n).map(({type:r,value:o})=>[r,o]));return{day:`${t.year}-${t.month}-${t.day}`,hour:Number(t.hour),minute:Number(t.minute)}}function st(n,e,t,r){let o=[],i="";for(let s=it(n,r);s<e;s=it(s+36e5,r)){let{day:a,hour:l}=X(s,r),d=`${a} ${l}`;l%t===0&&d!==i&&(o.push({at:s,hour:l,isDay:l===0}),i=d)}return o}function it(n,e){let t=Math.ceil(n/9e5)*9e5;for(;X(t,e).minute!==0;)t+=9e5;return t}function ur(n,e){let{day:t}=X(n,e),r=it(n,e);for(;X(r,e).day===t;)r=it(r+36e5,e);return r}function He(n,e){return X(n,e).day.slice(0,7)}var Ne="–",ve=class{constructor(e,t){this.hass=e;this.texts=t}hass;texts;text(e,t){return this.texts(`plan_card.${e}`,t)}time(e){return B(this.hass,ge(e))}dayTime(e){return ye(this.hass,ge(e))}weekday(e){return ir(this.hass,new Date(e))}span({start:e,end:t}){let r=A(this.hass),o=X(e,r).day===X(t,r).day;return`${this.dayTime(e)} – ${o?this.time(t):this.dayTime(t)}`}price(e,t){return fe(this.hass,e,t)}priceUnit(e){return`${e??""}/kWh`}cost(e,t){return e===null?Ne:q(this.hass,e,t)}number(e,t){return b(this.hass,e,t)}power(e){return j(this.hass,e)}energy(e){return e===null?Ne:F(this.hass,e)}amps({amps:{minimum:e,maximum:t}}){return e===t?E(this.hass,t):`${b(this.hass,e)}–${E(this.hass,t)}`}goal(e){let t=[];if(e.goal){let r={percent:"percent",kwh:"energy",hours:"duration"}[e.goal.kind],o=b(this.hass,e.goal.value,1,0);t.push(this.texts(`sentence.plan.goal.${r}`,{amount:o}))}return e.ready!==null&&t.push(this.text("ready_by",{time:this.dayTime(Date.parse(e.ready))})),t.join(", ")}lack(e){if(e.state!=="unreachable")return null;let t=Date.parse(e.slots.at(-1)?.end??"");return e.ready!==null&&t>Date.parse(e.ready)?`${this.missing(e)} ${this.text("lack.done",{time:this.dayTime(t)})}`:this.missing(e)}missing(e){let t=e.missing_kwh?this.energy(e.missing_kwh):null,r=e.goal?.kind==="percent"&&e.possible_percent!==null?k(this.hass,e.possible_percent/100):e.possible_kwh!==null?this.energy(e.possible_kwh):null;return r!==null&&t!==null?this.text("lack.both",{possible:r,missing:t}):r!==null?this.text("lack.possible",{possible:r}):t===null?this.text("lack.unknown"):this.text("lack.missing",{missing:t})}rest(e){let t=e.slots.reduce((s,a)=>s+a.kwh,0),r=t>0?[this.energy(t)]:[];if(e.cost!==null&&r.push(this.cost(e.cost,e.currency)),r.length===0)return null;let o=r.join(", "),i=e.cost_at_once;return e.cost===null||i===null||i-e.cost<.005?this.text("rest",{rest:o}):this.text("rest_less",{rest:o,at_once:this.cost(i,e.currency)})}reason(e,t){switch(e.kind){case"sun":return this.text("reason.sun",{power:this.power(e.watts)});case"cheap":return this.text("reason.cheap",{price:this.price(e.price,t),mean:this.price(e.mean,t)});default:return this.text(`reason.${e.kind}`)}}notice(e){return e.kind==="unpublished"?this.text("notice.unpublished",{time:this.dayTime(e.until)}):this.text(`notice.${e.kind}`)}run(e,t,r){let o=[t.name,this.span(e),this.amps(e)];return e.cost!==null&&o.push(this.cost(e.cost,r)),o.join(", ")}};var dr=4;function pr(n){let{texts:e,answer:t,close:r}=n,o=t.possible===!1||n.plan?.state==="unreachable";return c`<div class="answer ${o?"short":""}">
    <div role="status">${[ki(n),...Ci(n)].map(i=>c`<p>${i}</p>`)}</div>
    <button type="button" aria-label=${e("connector_card.dismiss_answer")} @click=${r}>
      <ha-icon icon="mdi:close"></ha-icon>
    </button>
  </div>`}function ki({hass:n,texts:e,answer:t}){let{ready:r,possible:o,possible_kwh:i,possible_level:s}=t;if(r===null||i===null)return e("connector_card.answer.later");let a={time:ye(n,new Date(r)),possible:s===null?F(n,i):k(n,s/100)};return e(o===null?"connector_card.answer.unknown":o?"connector_card.answer.enough":"connector_card.answer.short",a)}function Ci({hass:n,texts:e,answer:t,plan:r}){if(r===null)return[];let o=new ve(n,e),i=ot(r),s=i.slice(0,dr).map(a=>o.span(a));return i.length>dr&&s.push("…"),[s.length===0?null:e("connector_card.answer.times",{times:s.join(", ")}),o.rest(r),t.possible===!1?null:o.lack(r)].filter(a=>a!==null)}var Ri="bus",rn="green",Ei=[50,60,70,80,90,100],at="guest",Pi=["grid","solar"];function hr(n,e,t,r,o){let i=mr(n,t,"switch.charge"),s=Ni(n,t,o);return{chargeNow:mr(n,t,"switch.charge_now"),charge:i,mode:Mi(n,e,t,r),stopAt:Oi(n,o?.vehicle),limit:i!==null&&s!==null?Di(s,o):s}}function L(n,e,t){let r=e?.entities.get(t),o=r===void 0?void 0:n.states[r];return Je(o)?o:void 0}function be(n,e,t){let r=Number.parseFloat(L(n,e,t)?.state??"");return Number.isFinite(r)?r:null}function mr(n,e,t){let r=L(n,e,t);return r===void 0?null:{entityId:r.entity_id,on:r.state==="on"}}function Mi(n,e,t,r){let o=L(n,t,"select.own_mode"),i=o?.attributes.options;if(o===void 0||!Array.isArray(i))return null;let s=i.filter(a=>a!==rn||o.state===rn||Ai(r)).map(a=>({value:a,name:Li(n,e,o,a)}));return{entityId:o.entity_id,mode:o.state,options:s}}function Ai(n){return n?.mode===rn||Pi.some(e=>n?.meters[e]!==void 0)}function Li(n,e,t,r){let o=n.formatEntityState(t,r),i=r===Ri?L(n,e,"select.mode"):void 0;return i===void 0?o:`${o} (${n.formatEntityState(i)})`}function fr(n,e,t){let r=t?.vehicle;return!r||r.proven||!e?.vehicles.length?null:{chosen:r.chosen??"",isElsewhere:r.chosen!==null&&r.chosen!==at&&r.name===null,options:[{value:"",name:Hi(n,r)},...e.vehicles.map(({device_id:o,name:i})=>({value:o,name:i})),{value:at,name:n("connector_card.vehicle_guest")}]}}function Oi(n,e){if(!e?.device_id||e.level===null)return null;let t={entities:et(n,e.device_id)},r=be(n,t,"number.stop_at");if(r===null)return null;let o=[...new Set([...Ei,r])].sort((i,s)=>i-s);return{entityId:t.entities.get("number.stop_at"),level:r,levels:o}}function Hi(n,{name:e,chosen:t}){let r=n("connector_card.vehicle_automatic");return e===null||t!==null?r:`${r} (${e})`}function Ni(n,e,t){let r=L(n,e,"number.charge_limit"),o=be(n,e,"number.charge_limit"),i=r?.attributes.max;if(r===void 0||o===null||typeof i!="number")return null;let s=Xt({minimum:t?.minimum??null,maximum:i});return{entityId:r.entity_id,amps:o,steps:s}}function Di(n,e){let t=e?.limit;return n.amps>0||t==null?n:{...n,amps:t,steps:[]}}var Ii="M 16 100 A 84 84 0 0 1 184 100";function vr(n){let e=Ui(n),t=r=>Math.min(Math.max((r||0)/e,0),1);return{track:Ii,offered:t(n.offered),drawn:t(n.drawn),limit:n.limit===null?null:Vi(t(n.limit)),scale:e}}function Ui({drawn:n,offered:e,limit:t,maximum:r}){let o=[n,e,t,r].filter(s=>s!==null&&Number.isFinite(s)),i=Math.ceil(Math.max(0,...o));return i>0?i:16}function Vi(n){let e=gr(n,72),t=gr(n,84+16/2+4);return{x1:e.x,y1:e.y,x2:t.x,y2:t.y}}function gr(n,e){let t=Math.PI*(1-n);return{x:yr(100+e*Math.cos(t)),y:yr(100-e*Math.sin(t))}}function yr(n){return Math.round(n*100)/100}function wr(n){return n===null?u:c`<div class="vehicle">
    <span class="vehicle-name">${n.name}</span>
    ${n.words===null?u:c`<span class="level">${Gi(n)}${n.words}</span>`}
  </div>`}function Gi({level:n,target:e}){let t=100*Math.min(Math.max(n??0,0),1);return c`<svg class="battery" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="10" rx="2"></rect>
    <rect class="filled" width=${t} height="10" rx="2"></rect>
    ${e===null||e>=1?u:g`<line class="target" x1=${100*e} x2=${100*e} y1="0" y2="10"></line>`}
  </svg>`}function $r(n){if(n===null)return u;let{track:e,offered:t,drawn:r,limit:o}=n.shapes;return c`<div class="gauge">
    <svg viewBox="0 0 ${200} ${112}" role="img" aria-label=${n.words}>
      <path class="track" d=${e} stroke-width=${16}></path>
      ${br("offered",e,t)} ${br("drawn",e,r)}
      ${o===null?u:g`<line class="limit" x1=${o.x1} y1=${o.y1} x2=${o.x2} y2=${o.y2}></line>`}
      <text class="amps" x="100" y="76" text-anchor="middle">${n.drawn}</text>
      <text class="power" x="100" y="98" text-anchor="middle">${n.power??""}</text>
    </svg>
    <div class="legend" aria-hidden="true">
      ${n.facts.map(({label:i,value:s},a)=>c`<span><i class=${a===0?"offered":"limit"}></i>${i} <b>${s}</b></span>`)}
    </div>
  </div>`}function br(n,e,t){return g`<path
    class=${n}
    d=${e}
    pathLength="100"
    stroke-dasharray="${100*t} 200"
    stroke-width=${16}
  ></path>`}function _r(n){return n.length===0?u:c`<dl class="facts">
    ${n.map(({label:e,value:t})=>c`<div><dt>${e}</dt><dd>${t}</dd></div>`)}
  </dl>`}var on={percent:{minimum:1,maximum:100,step:1},kwh:{minimum:.1,maximum:1e3,step:.1}},Wi={percent:"level",kwh:"energy"},zi=/^([01]\d|2[0-3]):[0-5]\d$/;function Tr({kind:n,amount:e,time:t},r=null){let{minimum:o,maximum:i}=on[n];if(!(e>=o&&e<=i&&(n!=="percent"||Number.isInteger(e)))||!zi.test(t))return null;let a=r===null?{time:`${t}:00`}:{date_time:Ki(t,r).toISOString()};return{[Wi[n]]:e,...a}}function Ki(n,e){let[t,r]=n.split(":").map(Number),o=new Date(e);return o.setHours(t,r,0,0),o<=e&&o.setDate(o.getDate()+1),o}function ji(n){return`set_${n}`}function xe(n,e){return n.plan_id===ji(e)}function sn({enabled:n,state:e}){return n&&e!=="off"}function De(n,e,t){return(n?.plans??[]).filter(o=>o.connector===e&&(xe(o,t)||sn(o))).reduce((o,i)=>o===null||Sr(i,t)<Sr(o,t)?i:o,null)}function Sr(n,e){return`${xe(n,e)?0:1} ${n.ready??"~"}`}var kr={percent:"%",kwh:"kWh"},qi={percent:80,kwh:10},Yi="07:00";function lt(n){return{kind:n,amount:qi[n],time:Yi}}function Cr(n){let{texts:e,wish:t,busy:r,change:o}=n,i=on[t.kind];return c`<form class="plan-form" @submit=${s=>Xi(s,n)}>
    <label class="time">
      <span>${e("connector_card.ready_at")}</span>
      <input
        type="time"
        name="time"
        required
        .value=${t.time}
        @input=${s=>o({...t,time:an(s)})}
      />
    </label>
    <label>
      <span>${e("connector_card.goal")}</span>
      <input
        type="number"
        name="amount"
        inputmode="decimal"
        required
        min=${i.minimum}
        max=${i.maximum}
        step=${i.step}
        .value=${Number.isNaN(t.amount)?"":String(t.amount)}
        @input=${s=>o({...t,amount:Number.parseFloat(an(s))})}
      />
    </label>
    ${Zi(n)}
    <div class="buttons">
      <button type="submit" class="main" aria-busy=${r?"true":u}>${e("connector_card.set_plan")}</button>
      <button type="button" @click=${n.close}>${e("connector_card.close")}</button>
    </div>
  </form>`}function Zi({texts:n,wish:e,kinds:t,change:r}){return t.length===1?c`<span class="unit">${kr[e.kind]}</span>`:c`<label>
    <span>${n("connector_card.unit")}</span>
    <select
      name="unit"
      @change=${o=>r({...lt(an(o)),time:e.time})}
    >
      ${t.map(o=>c`<option value=${o} .selected=${o===e.kind}>${kr[o]}</option>`)}
    </select>
  </label>`}function Xi(n,{wish:e,elsewhere:t,submit:r}){n.preventDefault();let o=Tr(e,t);o!==null&&r(o)}function an(n){return n.target.value}async function Rr(n,e,t){let r=typeof t=="object"&&t!==null?t:{};if(r.code==="unauthorized")return e("connector_card.unauthorized");let o=await Qi(n,r);return o||(typeof r.message=="string"&&r.message?r.message:e("connector_card.not_reached"))}async function Qi(n,e){let{translation_domain:t,translation_key:r,translation_placeholders:o}=e;if(!(typeof t!="string"||typeof r!="string"))try{return(await n.loadBackendTranslation("exceptions",t))(`component.${t}.exceptions.${r}.message`,o)}catch{return}}var ct=class{constructor(e,t){this.host=e;this.explain=t;e.addController(this)}host;explain;refusal=null;#e=new Map;#t=new Set;hostDisconnected(){for(let e of this.#t)clearTimeout(e);this.#t.clear(),this.#e.clear()}isOpen(e){return this.#e.has(e)}shown(e,t){let r=this.#e.get(e);return r===void 0?t:(r.accepted&&r.wanted===t&&this.#e.delete(e),r.wanted)}async send(e,t,r){let o={wanted:t,accepted:!1};this.#e.set(e,o),this.refusal=null,this.host.requestUpdate();try{await r()}catch(i){return await this.#r(e,o,i),!1}return this.#n(e,o),!0}dismiss(){this.refusal=null,this.host.requestUpdate()}#n(e,t){if(this.#e.get(e)!==t)return;let r={...t,accepted:!0};this.#e.set(e,r);let o=setTimeout(()=>{this.#t.delete(o),this.#o(e,r)},2e3);this.#t.add(o),this.host.requestUpdate()}async#r(e,t,r){this.#o(e,t),this.refusal=await this.explain(r),this.host.requestUpdate()}#o(e,t){this.#e.get(e)===t&&(this.#e.delete(e),this.host.requestUpdate())}};function ut(n,e,t){return t.map(r=>Ji(n,e,r)).join("")}function Ji(n,e,t){return typeof t=="string"?t:"number"in t?b(n,t.number,1,t.digits):"price"in t?fe(n,t.price,t.currency):"time"in t?B(n,new Date(t.time)):e(`sentence.day.${es(n,new Date(t.day))}`)}function es(n,e){return new Intl.DateTimeFormat("en",{weekday:"short",timeZone:A(n)}).format(e).toLowerCase()}var ts=new Set(["cannot_stop","disobeys","second_master","sensor_stale"]),ns={away:"connector_card.away",offline:"connector_card.offline",not_loaded:"common.not_loaded"},rs="–",os=2*36e5,is=500;function Er(n){let{hass:e,bus:t,connector:r,live:o}=n,i=t===void 0?void 0:U(o,t.entryId),s={...n,ofBus:i,own:nt(o,r.deviceId)},a=ss(s),l=hr(e,t,r,i,s.own);return{presence:a,statement:as(s,a),tone:ls(s,a),soon:a==="here"?cs(s):null,vehicle:a==="here"?us(s):null,choice:a==="here"?fr(n.texts,i,s.own):null,gauge:a==="here"||a==="loading"?ps(s,l):null,controls:l,chargeNowEnd:l.chargeNow?.on?ms(s):null,plan:gs(s),canPlan:i!==void 0&&i.state!=="not_loaded",levelKnown:s.own?.vehicle?.level!=null,session:a==="here"?hs(s):[]}}function ss({hass:n,connector:e,live:t,failure:r,ofBus:o,own:i}){if(r!==void 0)return"not_loaded";if(t===void 0)return"loading";if(o===void 0||o.state==="not_loaded")return"not_loaded";if(o.state==="offline")return"offline";let s=e.entities.get("sensor.status"),a=(s===void 0?void 0:n.states[s]?.state)??i?.status;return a===void 0||a==="unavailable"?"away":i===void 0?"loading":"here"}function as({hass:n,texts:e,connector:t,own:r},o){let i=ns[o];if(i!==void 0)return e(i);if(r?.sentence)return ut(n,e,r.sentence);let s=L(n,t,"sensor.status");return s===void 0?e("connector_card.loading"):n.formatEntityState(s)}function ls({hass:n,connector:e,own:t},r){if(r==="loading")return"calm";if(r!=="here")return"problem";let o=L(n,e,"sensor.status")?.state??t?.status;return o==="error"||ts.has(t?.reason??"")?"problem":o==="charging"?"charging":"calm"}function cs({hass:n,texts:e,own:t,now:r}){if(!t?.next||!t.sentence||!ut(n,e,t.sentence).endsWith(ut(n,e,t.next.text)))return null;let o=Date.parse(t.next.at)-r;return o>0&&o<=os?e("connector_card.soon",{duration:Y(n,o)}):null}function us({hass:n,texts:e,connector:t,own:r}){if((L(n,t,"sensor.status")?.state??r?.status)==="disconnected")return{name:e("connector_card.no_vehicle"),level:null,target:null,words:null};let i=r?.vehicle?.name??L(n,t,"sensor.vehicle")?.state,{level:s=null,target:a=null}=r?.vehicle??{};if(!i&&s===null)return null;let l=d=>d===null?null:d/100;return{name:i||e("connector_card.vehicle"),level:l(s),target:l(a),words:ds(n,e,l(s),l(a))}}function ds(n,e,t,r){if(t===null)return null;let o={level:k(n,t),target:k(n,r??1)};return r===null||r>=1?o.level:e("connector_card.level_to",o)}function ps({hass:n,texts:e,connector:t,own:r},o){let i=be(n,t,"sensor.current")??r?.drawn??null,s=be(n,t,"sensor.offered_current")??r?.offered??null,a=o.limit?.amps??r?.limit??null,l=o.limit?.steps.at(-1)??be(n,t,"sensor.rating"),d=vr({drawn:i,offered:s,limit:a,maximum:l}),p=(f,h=rs)=>f===null?h:E(n,f),m=e("connector_card.unknown");return{shapes:d,drawn:p(i),power:r?.power==null?null:j(n,r.power),facts:[{label:e("connector_card.offered"),value:p(s)},{label:e("connector_card.limit"),value:p(a)}],words:e("connector_card.gauge",{drawn:p(i,m),offered:p(s,m),limit:p(a,m),maximum:p(d.scale)})}}function ms({hass:n,texts:e,connector:t,own:r,now:o}){let i=L(n,t,"sensor.charge_now_until")?.state??r?.charge_now_until,s=i?Date.parse(i)-o:Number.NaN;return s>0?e("connector_card.ends_in",{duration:Y(n,s)}):null}function hs(n){let{hass:e,texts:t,ofBus:r,own:o,now:i}=n,s=o?.session,a=o?.vehicle?.phases??null;if(!s)return[];let l=Math.max(0,i-Date.parse(s.started)),d=(p,m)=>m===null?[]:[{label:t(`connector_card.${p}`),value:m}];return[...d("time_left",fs(n)),...d("charged",F(e,s.kwh)),...d("sun",s.sun===null?null:k(e,s.sun)),...d("cost",s.cost===null?null:q(e,s.cost,r?.currency)),...d("phases",a===null?null:b(e,a)),...d("time",Number.isNaN(l)?null:Y(e,l))]}function fs({hass:n,own:e,connector:t,ofBus:r}){if(De(r,t.deviceId,t.id)?.state==="charging")return null;let o=e?.vehicle?.rest_kwh??null,i=e?.power??0;return o===null||o<=0||i<is?null:Y(n,o/i*1e3*36e5)}function gs({hass:n,texts:e,connector:t,ofBus:r,now:o}){let i=De(r,t.deviceId,t.id);if(i===null)return null;let s=i.ready===null?null:ye(n,new Date(i.ready)),a=[i.goal===null?null:ln(n,i.goal.kind,i.goal.value),ys(n,e,i,o),i.cost===null||i.state==="reached"?null:q(n,i.cost,i.currency??r?.currency)];return{title:s===null?i.name:e("connector_card.ready_by",{time:s}),detail:a.filter(l=>l!==null).join(" · ")||null,problem:i.state==="unreachable"||i.state==="failed",own:xe(i,t.id)}}function ln(n,e,t){return e==="percent"?k(n,t/100):e==="kwh"?F(n,t):Y(n,t*36e5)}function ys(n,e,t,r){return sn(t)?t.state==="reached"?e("connector_card.plan_reached"):t.state==="failed"?e("plan_card.state.failed"):t.state==="unreachable"?vs(n,e,t):bs(n,e,t,r):e("connector_card.plan_off")}function vs(n,e,t){let r=t.possible_percent!==null?ln(n,"percent",t.possible_percent):t.possible_kwh!==null?ln(n,"kwh",t.possible_kwh):null;return r===null?e("connector_card.plan_missed"):e("connector_card.plan_short",{amount:r})}function bs(n,e,t,r){let o=xs(t,r);if(o===null)return null;let i={start:B(n,ge(o.start)),end:B(n,ge(o.end))};return e(o.start<=r?"connector_card.slot_now":"connector_card.slot",i)}function xs({slots:n},e){let t=n.map(({start:o,end:i})=>({start:Date.parse(o),end:Date.parse(i)})),r=ie(t.filter(({end:o})=>o>e))[0];return r===void 0?null:{start:r[0].start,end:r.at(-1).end}}var ws=100,$s=80,_s=15e3,dt=class extends C{static properties={hass:{attribute:!1},texts:{attribute:!1},bus:{attribute:!1},connector:{attribute:!1},live:{attribute:!1},failure:{attribute:!1},wish:{state:!0},answer:{state:!0},dragged:{state:!0}};#e=new ct(this,e=>Rr(this.hass,this.texts,e));#t;connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.requestUpdate(),_s)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}createRenderRoot(){return this}updated(e){e.get("wish")===void 0&&e.has("wish")&&this.wish!==void 0&&this.querySelector(".plan-form input")?.focus()}render(){let{hass:e,texts:t,bus:r,connector:o,live:i,failure:s}=this;if(e===void 0||t===void 0||o===void 0)return u;let a=Er({hass:e,texts:t,bus:r,connector:o,live:i,failure:s,now:Date.now()});return c`<section class="connector ${a.tone}" aria-label=${o.name}>
      <div class="columns">
        <div class="column">
          <header>
            <h2>${this.#n(o)}</h2>
            ${wr(a.vehicle)}
          </header>
          ${this.#r(a)} ${this.#o(t)}
          ${a.gauge===null&&a.session.length===0?u:c`<div class="now">${$r(a.gauge)}${_r(a.session)}</div>`}
        </div>
        <div class="column">
          ${this.#s(t,a)} ${this.#a(t,a.controls.mode)} ${this.#m(t,a.choice)}
          ${this.#h(e,t,a.controls.stopAt)}
          ${this.#f(e,t,a.controls.limit)} ${a.canPlan?this.#y(e,t,a):u}
        </div>
      </div>
    </section>`}#n(e){let t=e.entities.get("sensor.status");return t===void 0?c`${e.name}`:c`<button type="button" class="name" @click=${()=>he(this,"hass-more-info",{entityId:t})}>
      ${e.name}
    </button>`}#r({statement:e,soon:t,tone:r}){return c`<p class="statement ${e.length>$s?"long":""}">
      ${r==="problem"?c`<ha-icon icon="mdi:alert-outline"></ha-icon>`:u}${e}
      ${t===null?u:c`<span class="soon">(${t})</span>`}
    </p>`}#o(e){let{refusal:t}=this.#e;return t===null?u:c`<div class="refusal" role="alert">
      <span>${t}</span>
      <button type="button" aria-label=${e("connector_card.dismiss")} @click=${()=>this.#e.dismiss()}>
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>`}#s(e,{controls:t,chargeNowEnd:r}){let{chargeNow:o,charge:i}=t,s=i===null||this.#e.shown("charge",i.on),a=o!==null&&this.#e.shown("charge_now",o.on),l=o!==null&&(s||a);return!l&&i===null?u:c`<div class="actions">
      ${l?this.#i(e,"charge_now",o,a?["end_charge_now","flash-off"]:["charge_now","flash"],r):u}
      ${i===null?u:this.#i(e,"charge",i,s?["pause","pause"]:["resume","play"],null)}
    </div>`}#i(e,t,r,[o,i],s){let a=this.#e.shown(t,r.on),l=a?"turn_off":"turn_on";return c`<button
      type="button"
      class="action ${t} ${a?"on":"off"}"
      aria-busy=${this.#e.isOpen(t)?"true":u}
      @click=${()=>this.#l(t,!a,"switch",l,{},{entity_id:r.entityId})}
    >
      <ha-icon icon="mdi:${i}"></ha-icon>
      <span>
        <span class="label">${e(`connector_card.${o}`)}</span>
        ${s===null?u:c`<span class="detail">${s}</span>`}
      </span>
    </button>`}#a(e,t){if(t===null)return u;let r=this.#e.shown("mode",t.mode),o=i=>{let s=i.target.value;this.#l("mode",s,"select","select_option",{option:s},{entity_id:t.entityId})};return c`<label class="row mode">
      <span>${e("connector_card.mode")}</span>
      <select aria-busy=${this.#e.isOpen("mode")?"true":u} @change=${o}>
        ${t.options.map(({value:i,name:s})=>c`<option value=${i} .selected=${i===r}>${s}</option>`)}
      </select>
    </label>`}#m(e,t){if(t===null)return u;let r=this.#e.shown("vehicle",t.chosen),o=i=>{let{value:s}=i.target,a=s===""?{}:s===at?{guest:!0}:{vehicle:s};this.#l("vehicle",s,v,"set_vehicle",a,{device_id:this.connector.deviceId})};return c`<label class="row which">
      <span>${e("connector_card.vehicle")}</span>
      <select aria-busy=${this.#e.isOpen("vehicle")?"true":u} @change=${o}>
        ${t.options.map(({value:i,name:s})=>c`<option value=${i} .selected=${i===r}>${s}</option>`)}
      </select>
      ${t.isElsewhere&&r===t.chosen?c`<span class="detail" role="status">${e("connector_card.vehicle_elsewhere")}</span>`:u}
    </label>`}#h(e,t,r){if(r===null)return u;let o=this.#e.shown("stop_at",r.level),i=s=>{let a=Number(s.target.value);this.#l("stop_at",a,"number","set_value",{value:a},{entity_id:r.entityId})};return c`<label class="row stop-at">
      <span>${t("connector_card.stop_at")}</span>
      <select aria-busy=${this.#e.isOpen("stop_at")?"true":u} @change=${i}>
        ${r.levels.map(s=>c`<option value=${s} .selected=${s===o}>${k(e,s/100)}</option>`)}
      </select>
    </label>`}#f(e,t,r){if(r===null)return u;let{steps:o}=r,i=this.dragged??this.#e.shown("limit",r.amps),s=E(e,i),a=t("connector_card.charge_limit");return c`<div class="row limit" role="group" aria-label=${a}>
      <span class="label">${a}</span>
      <output>${s}</output>
      ${o.length===0?u:this.#p(t,r,i,s)}
    </div>`}#p(e,t,r,o){let{steps:i}=t,s=nr(i,r),a=l=>i[Number(l.target.value)]??r;return c`<div class="steps">
      ${this.#c(e,"lower","minus",t,i[s-1])}
      <input
        type="range"
        min="0"
        max=${i.length-1}
        step="1"
        style="--share: ${100*s/Math.max(1,i.length-1)}%"
        .value=${er(String(s))}
        aria-label=${e("connector_card.charge_limit")}
        aria-valuetext=${o}
        aria-busy=${this.#e.isOpen("limit")?"true":u}
        @input=${l=>this.dragged=a(l)}
        @change=${l=>this.#d(t,a(l))}
        @pointerup=${this.#u}
        @pointercancel=${this.#u}
        @blur=${this.#u}
      />
      ${this.#c(e,"raise","plus",t,i[s+1])}
    </div>`}#c(e,t,r,o,i){return c`<button
      type="button"
      class="step"
      aria-label=${e(`connector_card.${t}`)}
      aria-disabled=${i===void 0?"true":u}
      @click=${()=>i!==void 0&&this.#d(o,i)}
    >
      <ha-icon icon="mdi:${r}"></ha-icon>
    </button>`}#u=()=>{setTimeout(()=>this.dragged=void 0,ws)};#d({entityId:e},t){this.dragged=void 0,this.#l("limit",t,"number","set_value",{value:t},{entity_id:e})}#y(e,t,{plan:r,levelKnown:o}){let i=r?.own===!0,s=this.#e.shown("plan",i);return c`<div class="row plan" aria-busy=${this.#e.isOpen("plan")?"true":u}>
        <ha-icon icon="mdi:calendar-clock"></ha-icon>
        <div class="plan-words ${r?.problem?"problem":""}">
          <span>${r?.title??t("connector_card.no_plan")}</span>
          ${r?.detail?c`<span class="detail">${r.detail}</span>`:u}
        </div>
        ${i&&s?c`<button type="button" class="cancel-plan" @click=${this.#$}>${t("connector_card.cancel_plan")}</button>`:this.#v(t,o)}
      </div>
      ${this.wish===void 0?u:this.#b(e,t,o,this.wish)}
      ${this.answer===void 0||!s?u:this.#x(e,t,this.answer)}`}#v(e,t){let r=this.wish!==void 0;return c`<button
      type="button"
      class="open-plan"
      aria-expanded=${r?"true":"false"}
      @click=${()=>this.wish=r?void 0:lt(t?"percent":"kwh")}
    >
      ${e("connector_card.set_plan")}
    </button>`}#b(e,t,r,o){let i=r?["percent","kwh"]:["kwh"];return Cr({texts:t,wish:i.includes(o.kind)?o:{...lt("kwh"),time:o.time},kinds:i,busy:this.#e.isOpen("plan"),elsewhere:A(e)===e.config.time_zone?null:new Date,change:s=>this.wish=s,submit:s=>{this.#w(s)},close:()=>this.#g()})}#x(e,t,r){let{deviceId:o,id:i}=this.connector,s=De(U(this.live,this.bus?.entryId??""),o,i);return pr({hass:e,texts:t,answer:r,plan:s!==null&&xe(s,i)?s:null,close:()=>this.#g()})}async#w(e){let{deviceId:t}=this.connector,r,o=async()=>{let{response:i}=await this.hass.callService(v,"set_plan",e,{device_id:t},!1,!0);r=i?.plans?.[0]};await this.#e.send("plan",!0,o)&&(this.#g(),this.answer=r)}#$=()=>{this.answer=void 0,this.#l("plan",!1,v,"cancel_plan",{},{device_id:this.connector.deviceId})};#g(){this.wish=void 0,this.answer=void 0,this.updateComplete.then(()=>this.querySelector(".open-plan, .cancel-plan")?.focus())}#l(e,t,r,o,i,s){let a=this.hass;return this.#e.send(e,t,()=>a.callService(r,o,i,s,!1))}};var Pr="important",Ss=" !"+Pr,Ie=pe(class extends z{constructor(n){if(super(n),n.type!==M.ATTRIBUTE||n.name!=="style"||n.strings?.length>2)throw Error("The `styleMap` directive must be used in the `style` attribute and must be the only part in the attribute.")}render(n){return Object.keys(n).reduce((e,t)=>{let r=n[t];return r==null?e:e+`${t=t.includes("-")?t:t.replace(/(?:^(webkit|moz|ms|o)|)(?=[A-Z])/g,"-$&").toLowerCase()}:${r};`},"")}update(n,[e]){let{style:t}=n.element;if(this.ft===void 0)return this.ft=new Set(Object.keys(e)),this.render(e);for(let r of this.ft)e[r]==null&&(this.ft.delete(r),r.includes("-")?t.removeProperty(r):t[r]=null);for(let r in e){let o=e[r];if(o!=null){this.ft.add(r);let i=typeof o=="string"&&o.endsWith(Ss);r.includes("-")||i?t.setProperty(r,i?o.slice(0,-11):o,i?Pr:""):t[r]=o}}return $}});var pt=x`
  ha-card {
    padding: 12px 16px 16px;
  }
  h2,
  h3 {
    margin: 0 0 4px;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: var(--ha-font-size-m, 14px);
  }
  .loading {
    min-height: 240px;
  }
  section + section {
    margin-top: 20px;
    padding-top: 12px;
    border-top: 1px solid var(--divider-color);
  }
`;var Mr=x`
  .offline {
    margin: 4px 0;
    border-inline-start: 4px solid var(--warning-color);
    padding-inline-start: 8px;
  }
  .flow {
    /* Power goes from the left to the right, whichever way one reads. */
    direction: ltr;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 72px minmax(0, 1fr);
    max-width: 560px;
    margin: 0 auto;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
    display: flex;
    flex-direction: column;
    justify-content: center;
  }
  li {
    height: var(--row);
    display: flex;
    align-items: center;
  }
  .sources li {
    justify-content: flex-end;
  }
  .node {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 4px 0;
    min-height: 56px;
    max-width: 100%;
    display: flex;
    align-items: center;
    gap: 8px;
    text-align: end;
    border-radius: 8px;
  }
  button.node {
    cursor: pointer;
  }
  button.node:hover .name {
    text-decoration: underline;
  }
  button.node:focus-visible {
    outline: 2px solid var(--primary-color);
  }
  .consumers .node {
    flex-direction: row-reverse;
    text-align: start;
  }
  .text {
    min-width: 0;
    display: flex;
    flex-direction: column;
    line-height: 1.25;
  }
  .name {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .connector .name {
    /* Names begin alike and differ at their end; there is nothing below the watts. */
    -webkit-line-clamp: 3;
  }
  .watts {
    font-weight: var(--ha-font-weight-medium, 500);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .detail {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
    overflow-wrap: anywhere;
  }
  .sun {
    --flow: var(--energy-solar-color, var(--warning-color));
  }
  .grid.to {
    --flow: var(--energy-grid-consumption-color, var(--info-color));
  }
  .grid.from {
    --flow: var(--energy-grid-return-color, var(--info-color));
  }
  .battery.to {
    --flow: var(--energy-battery-out-color, var(--success-color));
  }
  .battery.from {
    --flow: var(--energy-battery-in-color, var(--success-color));
  }
  .rest.to {
    --flow: var(--energy-solar-color, var(--warning-color));
  }
  .house,
  .rest.from,
  .total,
  .connector {
    --flow: var(--primary-color);
  }
  .still,
  .unknown {
    --flow: var(--divider-color);
  }
  .disc {
    flex: none;
    width: 40px;
    height: 40px;
    box-sizing: border-box;
    border: 2px solid var(--flow);
    border-radius: 50%;
    display: grid;
    place-items: center;
  }
  .icon {
    fill: none;
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon .level {
    fill: var(--success-color);
    stroke: none;
  }
  .lines {
    position: relative;
  }
  .lines svg {
    display: block;
  }
  .line path {
    fill: none;
    stroke: var(--flow);
  }
  .line.unknown path {
    stroke-dasharray: 3 4;
  }
  .line .arrow {
    fill: var(--flow);
    stroke: none;
  }
  .bar {
    fill: none;
    stroke: var(--secondary-text-color);
    stroke-width: 4;
    stroke-linecap: round;
  }
  .dot {
    position: absolute;
    width: 8px;
    height: 8px;
    margin: -4px 0 0 -4px;
    border-radius: 50%;
    background: var(--flow);
    animation: move linear infinite;
    will-change: transform;
  }
  @keyframes move {
    from {
      transform: translateX(var(--from));
    }
    to {
      transform: translateX(var(--to));
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .dot {
      display: none;
    }
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr));
    gap: 8px 16px;
    max-width: 560px;
    margin: 12px auto 0;
  }
  .limit {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 4px 8px;
    align-items: baseline;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    white-space: nowrap;
  }
  .use {
    grid-column: 1 / -1;
    height: 6px;
    border-radius: 3px;
    background: var(--divider-color);
    overflow: hidden;
  }
  .use span {
    display: block;
    height: 100%;
    background: var(--primary-color);
  }
  .limit.full .use span {
    background: var(--warning-color);
  }
`;var Ar="M6 21V5a2 2 0 0 1 2-2h5a2 2 0 0 1 2 2v16M4 21h13M15 9h2a2 2 0 0 1 2 2v4a1.5 1.5 0 0 0 3 0V9l-3-3M11 7l-2 4h3l-2 4",Lr="M2.5 11.5 12 3l9.5 8.5M5.5 9.5V21h13V9.5M10 21v-6h4v6",Ts={sun:"M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M19.1 4.9l-1.8 1.8M6.7 17.3l-1.8 1.8",grid:"M7 22 11 2h2l4 20M8.2 16h7.6M16.6 20 8.8 13M7.4 20l7.8-7M4 7h16M4 7v2M20 7v2M5 12h14M5 12v2M19 12v2",battery:"M8 4h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 22H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 4M10 4V2h4v2",total:Ar,house:Lr,rest:Lr,connector:Ar},ks=20.5,Cs=15;function Or({kind:n,level:e}){let t=Math.max(0,Math.min(100,e??0))/100*Cs;return g`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    ${e===null?"":g`<rect class="level" x="8" width="8" y=${ks-t} height=${t}></rect>`}
    <path d=${Ts[n]}></path>
  </svg>`}function mt(n,e,t){return ie(n).map(r=>`M${w(e(r[0].start))},${w(t(r[0].value))}${Hr(r,e,t)}`).join("")}function se(n,e,t,r){return ie(n).map(o=>`M${w(e(o[0].start))},${w(r)}${Hr(o,e,t)}V${w(r)}Z`).join("")}function Hr(n,e,t){return n.map(r=>`V${w(t(r.value))}H${w(e(r.end))}`).join("")}function w(n){return String(Math.round(n*10)/10)}var Ue=76,cn=72,we=cn/2,Rs=5;function ht(n){return Math.max(n.sources.length,n.consumers.length,1)}function Es(n){let e=ht(n),t=(r,o,i)=>r.map((s,a)=>({node:s,x:o,y:((e-r.length)/2+a+.5)*Ue,toRight:s.way==="to"===i}));return[...t(n.sources,0,!0),...t(n.consumers,we,!1)]}function Ps(n){return n<500?2:n<2e3?3:n<6e3?4:5}function Ms(n){return n<500?3:n<2e3?2.2:n<6e3?1.6:1.1}function Nr(n){let e=Es(n),t=e.map(({y:o})=>o),r=ht(n)*Ue;return c`<div class="lines" aria-hidden="true">
    <svg viewBox="0 0 ${cn} ${r}" width=${cn} height=${r}>
      ${e.map(As)}
      <path class="bar" d="M${we},${w(Math.min(...t)-4)}V${w(Math.max(...t)+4)}" />
    </svg>
    ${e.map(Os)}
  </div>`}function As({node:n,x:e,y:t,toRight:r}){let o=n.way==="to"||n.way==="from",i=o?Ps(n.watts??0):1;return g`<g class="line ${n.kind} ${n.way}">
    <path d="M${e},${w(t)}h${we}" stroke-width=${i}></path>
    ${o?g`<path class="arrow" d=${Ls(e+we/2,t,r,i)}></path>`:u}
  </g>`}function Ls(n,e,t,r){let o=Rs+r/2,i=t?1:-1;return`M${w(n+i*o)},${w(e)}l${w(-2*i*o)},${w(o)}v${w(-2*o)}Z`}function Os({node:n,x:e,y:t,toRight:r}){if(n.way!=="to"&&n.way!=="from")return u;let o={left:`${e}px`,top:`${w(t)}px`,"--from":`${r?0:we}px`,"--to":`${r?we:0}px`,"animation-duration":`${Ms(n.watts??0)}s`};return c`<span class="dot ${n.kind} ${n.way}" style=${Ie(o)}></span>`}var Hs=["wiring","fuse","peak"];function Dr(n,e){let{flow:t,meters:r}=n,o=[];(t.sun!==null||"solar"in r)&&o.push(Ve("sun",t.sun,r.solar));let i=r.grid??r.fuse;(t.grid!==null||"grid"in r)&&o.push(Ve("grid",t.grid,i)),(t.battery!==null||"battery"in r)&&o.push({...Ve("battery",t.battery,r.battery),level:t.battery_level}),o.length===0&&o.push(Ve("total",t.connectors,e.entities.get("sensor.total_power")));let s=n.connectors.map(a=>Ds(a,e));return t.house!==null||"house"in r?s.unshift(un("house",t.house,r.house)):s.unshift(...Ns(n)),{sources:o,consumers:s,limits:Is(n)}}function Ns({flow:n,meters:e}){return n.grid===null||n.sun!==null||"solar"in e||n.connectors===null?[]:n.battery===null&&"battery"in e?[]:[un("rest",n.grid+(n.battery??0)-n.connectors,void 0)]}function Ds(n,e){let t=e.connectors.find(({id:o})=>o===n.id),r=t?.entities.get("sensor.power")??t?.entities.get("sensor.status");return{...un("connector",n.power,r),key:n.id,name:t?.name??n.name,away:n.power===null}}function Ve(n,e,t){let r=e===null?"unknown":Math.abs(e)<20?"still":e>0?"to":"from",o=e===null?null:Math.abs(e);return{key:n,kind:n,name:null,watts:o,way:r,level:null,away:!1,entity:t}}function un(n,e,t){return Ve(n,e===null?null:-e,t)}function Is({left:n,drawn:e}){return Hs.flatMap(t=>{let r=n[t];if(r===null)return[];let o=r+(e??0);return[{kind:t,left:r,used:o>0?(e??0)/o:1}]})}var Us={grid:{to:"drawn",from:"fed_in"},battery:{to:"discharging",from:"charging"},rest:{to:"surplus",from:"use"}},ft=class extends _{static styles=[_.styles,pt,Mr];getCardSize(){return 6}shownEntities(e){return[]}content(e,t){let r=I(e,this.deviceId);return r.length===0?T(t("common.device_gone")):this.live===void 0?this.failure?T(t("common.not_loaded")):c`<div class="loading" aria-busy="true"></div>`:c`
      <h2>${t("flow_card.title")}</h2>
      ${r.map(o=>this.#e(e,t,o,r.length>1))}
    `}#e(e,t,r,o){let i=U(this.live,r.entryId),s=o?c`<h3>${r.name}</h3>`:u;if(i===void 0||i.state==="not_loaded")return c`<section>${s}${T(t("common.not_loaded"))}</section>`;let a=Dr(i,r);return c`<section>
      ${s}${i.state==="offline"?c`<p class="offline">${t("flow_card.offline")}</p>`:u}
      ${a.consumers.length===0?T(t("flow_card.none")):this.#t(e,t,a)}
      ${a.limits.length===0?u:Bs(e,t,a.limits)}
    </section>`}#t(e,t,r){let o=(s,a)=>c`<ul class=${a} aria-label=${t(`flow_card.${a}`)}>
        ${s.map(l=>c`<li>${this.#n(e,t,l)}</li>`)}
      </ul>`,i={"--row":`${Ue}px`,height:`${ht(r)*Ue}px`};return c`<div class="flow" style=${Ie(i)}>
      ${o(r.sources,"sources")}${Nr(r)}${o(r.consumers,"consumers")}
    </div>`}#n(e,t,r){let o=r.name??t(`flow_card.${r.kind}`),i=Fs(e,t,r),s=c`<span class="text">
        <span class="name" title=${o}>${o}</span>
        <span class="watts">${r.watts===null?Vs(t,r):j(e,r.watts)}</span>
        ${i?c`<span class="detail">${i}</span>`:u}
      </span>
      <span class="disc">${Or(r)}</span>`,a=`node ${r.kind} ${r.way}`;return r.entity===void 0||e.states[r.entity]===void 0?c`<div class=${a}>${s}</div>`:c`<button type="button" class=${a} @click=${()=>this.#r(r.entity)}>${s}</button>`}#r(e){he(this,"hass-more-info",{entityId:e})}};function Vs(n,e){return n(e.away?"flow_card.away":"flow_card.unknown")}function Fs(n,e,t){let r=Us[t.kind]?.[t.way],o=t.level===null?void 0:k(n,t.level/100);return[r&&e(`flow_card.${r}`),o].filter(Boolean).join(" · ")}function Bs(n,e,t){return c`<dl>
    ${t.map(({kind:r,left:o,used:i})=>c`<div class=${o<1?"limit full":"limit"}>
          <dt>${e(`flow_card.${r}`)}</dt>
          <dd>${e("flow_card.left",{amps:E(n,o)})}</dd>
          <dd class="use" aria-hidden="true"><span style=${Ie({width:`${Math.round(i*100)}%`})}></span></dd>
        </div>`)}
  </dl>`}var Ir={type:"twc-manager-flow-card",name:"Power flow of the wall connectors",description:"Sun, house, grid, battery and wall connectors with their power",preview:!0,documentationURL:O};var $e=class{constructor(e){this.host=e;e.addController(this)}host;value=342;#e;hostConnected(){typeof ResizeObserver>"u"||(this.#e=new ResizeObserver(([e])=>this.#t(e?.contentRect.width??0)),this.#e.observe(this.host))}hostDisconnected(){this.#e?.disconnect()}#t(e){let t=e-34;e<=0||t===this.value||(this.value=t,this.host.requestUpdate())}};async function gt(n,{ids:e,start:t,end:r,period:o}){return n.callWS({type:"recorder/statistics_during_period",statistic_ids:e,start_time:new Date(t).toISOString(),...r===void 0?{}:{end_time:new Date(r).toISOString()},period:o,types:["mean"],units:{power:"W"}})}function yt(n){return(n??[]).flatMap(({start:e,end:t,mean:r})=>typeof r=="number"&&Number.isFinite(r)?[{start:e,end:t,value:r}]:[])}var Gs=4*36e5;async function Ur(n,e,t){let r=S(n,e).flatMap(({deviceId:i,entities:s})=>{let a=s.get("sensor.power");return a===void 0?[]:[{device:i,power:a}]});if(r.length===0)return new Map;let o=await gt(n,{ids:r.map(({power:i})=>i),start:t-Gs,period:"5minute"});return new Map(r.map(({device:i,power:s})=>[i,yt(o[s])]))}var dn=.02;function Vr(n,e,t){if(e.state==="unreachable")return{kind:"late"};let r=Z(t.prices,n);if(t.prices.length===0)return{kind:"no_prices"};let o=Ws(n,r,t.sun);if(o!==null)return{kind:"sun",watts:o};if(e.strategy==="latest")return{kind:"latest"};if(!n.known||r===null)return{kind:"estimated"};if(r<0)return{kind:"paid"};let i=Ks(e,n,t.now),s=Z(t.prices,i);return s!==null&&r<s-Math.abs(s)*dn?{kind:"cheap",price:r,mean:s}:e.strategy==="one_block"?{kind:"block"}:{kind:zs(G(t.prices,i))?"same":"needed"}}function Ws(n,e,t){let r=Z(t,n);return r===null||r<100?null:e===null||n.price===null||n.price<e-Math.abs(e)*dn?r:null}function zs(n){let e=n.map(r=>r.value),t=Math.max(...e);return t-Math.min(...e)<=Math.abs(t)*dn}function Ks(n,e,t){let r=n.ready===null?NaN:Date.parse(n.ready);return{start:t,end:Number.isFinite(r)?Math.max(r,e.end):e.end}}var ae=36e5,js=24,qs=48,Ys=3,Zs=12;function Gr(n,e){let t=n.connectors.filter(l=>Fr(n,l.device_id,e)),r=n.plans.filter(l=>Fr(n,l.connector,e)).sort(Qs),o=nn(tn(n.prices)),i=nn(tn(n.forecast)),s=Js(r,o,t,e),a=ea(r,t,{prices:o,sun:i,span:s,context:e});return{entryId:n.entry_id,title:n.title,span:s,now:e.now,currency:n.currency,prices:G(o,s),sun:G(i,s),lanes:a,plans:r.map(l=>({...l,whose:Xs(l,n,e)})),notices:ta(n,r,o,i,e)}}function _e(n){return n.lanes.flatMap(e=>e.runs).sort((e,t)=>e.start-t.start)}function Fr(n,e,{deviceId:t}){return t===void 0||t===n.device_id||t===e}function Xs({connector:n,vehicle:e},t,{names:r}){let o=t.vehicles.find(({device_id:a})=>a===e),i=n===null?void 0:t.connectors.find(({device_id:a})=>a===n),s=i===void 0?void 0:r.get(n??"")??i.name;return[o?.name,s].filter(Boolean).join(" · ")||null}function Qs(n,e){return(n.ready??"9").localeCompare(e.ready??"9")||n.name.localeCompare(e.name)}function Js(n,e,t,{now:r,charged:o}){let i=n.flatMap(d=>[...d.slots.map(p=>Date.parse(p.end)),zr(d)??0]),s=Math.max(0,e.at(-1)?.end??0,...i.filter(Number.isFinite)),a=t.some(({device_id:d})=>(o.get(d??"")??[]).some(Wr)),l=Math.floor(r/ae)*ae;return{start:l-(a?Ys*ae:0),end:l+Math.min(Math.max(js,Math.ceil((s-l)/ae)),qs)*ae}}function Wr(n){return n.value>0}function zr(n){return n.ready===null||n.state==="off"?null:Date.parse(n.ready)}function ea(n,e,t){let r=new Set(e.map(s=>s.device_id)),o=e.map(s=>{let a=n.filter(m=>m.connector!==null&&m.connector===s.device_id),l=t.context.names.get(s.device_id??"")??s.name,d=s.vehicle?.name||l,p=t.context.charged.get(s.device_id??"")??[];return{key:s.device_id??s.id,name:d,place:d===l?null:l,charged:G(p,{start:t.span.start,end:t.context.now}).filter(Wr),...Br(a,s.device_id??s.id,t)}}),i=n.filter(s=>!r.has(s.connector)).map(s=>({key:s.plan_id,name:s.name,place:null,charged:[],...Br([s],s.plan_id,t)}));return[...o,...i].filter(s=>s.runs.length>0||s.ready.length>0||s.charged.length>0)}function Br(n,e,{prices:t,sun:r,span:o,context:i}){let s=n.flatMap(l=>ot(l).filter(d=>d.end>i.now&&d.start<o.end).map(d=>({...d,planId:l.plan_id,planName:l.name,lane:e,reason:Vr(d,l,{prices:t,sun:r,now:i.now})}))),a=n.flatMap(l=>{let d=zr(l);return d===null||d<o.start||d>o.end?[]:[{planId:l.plan_id,name:l.name,at:d,isReached:l.state!=="unreachable"}]});return{runs:s.sort((l,d)=>l.start-d.start),ready:a}}function ta(n,e,t,r,o){let i=[];n.state==="offline"&&i.push({kind:"offline"}),e.length===0?i.push({kind:"no_plans"}):o.isPaused&&i.push({kind:"paused"});let s=t.at(-1)?.end;return s===void 0||s<=o.now?i.push({kind:"no_prices"}):s<na(o)&&i.push({kind:"unpublished",until:s}),r.length===0&&i.push({kind:"no_forecast"}),i}function na({now:n,timeZone:e}){return ur(n,e)+Zs*ae}function Kr(n,e,t){let r=(n.end-n.start)/ae,o=Math.max(2,Math.floor(t/48)),i=[1,2,3,4,6,12].find(s=>r/s<=o)??24;return st(n.start,n.end,i,e)}var jr=x`
  ul {
    list-style: none;
    margin: 0 0 8px;
    padding: 0;
  }
  .plans li {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    align-items: baseline;
    padding: 6px 0;
    overflow-wrap: anywhere;
  }
  .plans li + li {
    border-top: 1px solid var(--divider-color);
  }
  .plans strong {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .plans .whose {
    color: var(--secondary-text-color);
  }
  .plans .line {
    flex-basis: 100%;
    color: var(--secondary-text-color);
  }
  .plans .state {
    margin-inline-start: auto;
  }
  .plans .lack {
    flex-basis: 100%;
    border-inline-start: 4px solid var(--error-color);
    padding-inline-start: 8px;
  }
  .notices li {
    padding: 4px 0;
    color: var(--secondary-text-color);
  }
  .notices li.strong {
    color: var(--primary-text-color);
    border-inline-start: 4px solid var(--warning-color);
    padding-inline-start: 8px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin-bottom: 4px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .legend span::before {
    content: "";
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-inline-end: 6px;
    border-radius: 2px;
    background: var(--swatch);
  }
  .chart {
    position: relative;
    touch-action: pan-y;
  }
  .chart svg {
    display: block;
    overflow: visible;
  }
  .curves,
  .lane {
    position: absolute;
    cursor: pointer;
  }
  .curves:focus-visible,
  .lane button:focus-visible,
  summary:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .lane-name {
    position: absolute;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 18px;
    padding-inline-end: 4px;
    background: var(--ha-card-background, var(--card-background-color));
    pointer-events: none;
  }
  .lane-name small {
    font-size: inherit;
    color: var(--secondary-text-color);
  }
  .lane button {
    position: absolute;
    top: 0;
    height: 100%;
    padding: 0;
    border: 0;
    background: none;
    pointer-events: none;
  }
  .details {
    min-height: 40px;
    margin-top: 8px;
  }
  .details p {
    margin: 4px 0;
  }
  .hint {
    color: var(--secondary-text-color);
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(104px, 1fr));
    gap: 4px 16px;
    margin: 4px 0;
  }
  dt {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
  }
  summary {
    cursor: pointer;
    padding: 8px 0;
    min-height: 24px;
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-underline-offset: 3px;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    margin-bottom: 12px;
    font-size: var(--ha-font-size-s, 12px);
  }
  caption {
    text-align: start;
    font-weight: var(--ha-font-weight-medium, 500);
    padding: 4px 0;
  }
  th,
  td {
    text-align: start;
    vertical-align: top;
    padding: 4px 12px 4px 0;
    border-bottom: 1px solid var(--divider-color);
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }

  text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }
  .weekday,
  .now-label {
    fill: var(--primary-text-color);
  }
  .hour,
  .level {
    stroke: var(--divider-color);
    stroke-width: 1;
    opacity: 0.5;
  }
  .day,
  .zero,
  .axis {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.7;
  }
  .price-area {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.22;
  }
  .price-planned {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.6;
  }
  .price-line {
    fill: none;
    stroke: var(--energy-grid-consumption-color, #488fc2);
    stroke-width: 2;
  }
  .sun-area {
    fill: var(--energy-solar-color, #ff9800);
    opacity: 0.75;
  }
  .now {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
  }
  .cursor {
    stroke: var(--primary-color);
    stroke-width: 2;
    stroke-dasharray: 3 3;
  }
  .lane-0 {
    --lane: var(--primary-color);
  }
  .lane-1 {
    --lane: var(--purple-color, #926bc7);
  }
  .lane-2 {
    --lane: var(--teal-color, #009688);
  }
  .lane-3 {
    --lane: var(--deep-orange-color, #ff6f22);
  }
  .lane-4 {
    --lane: var(--indigo-color, #3f51b5);
  }
  .lane-5 {
    --lane: var(--pink-color, #e91e63);
  }
  .ground {
    fill: var(--card-background-color);
  }
  .mark {
    fill: var(--lane);
    opacity: 0.55;
  }
  .run {
    stroke: var(--lane);
    stroke-width: 1.5;
  }
  .run.estimated {
    stroke-dasharray: 4 3;
  }
  .run.selected {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .charged {
    fill: var(--lane);
  }
  .amps {
    fill: var(--primary-text-color);
    font-weight: 500;
    paint-order: stroke;
    stroke: var(--card-background-color);
    stroke-width: 4px;
  }
  .ready .pole,
  .ready path {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
    fill: var(--primary-text-color);
  }
  .late .pole,
  .late path {
    stroke: var(--error-color);
    stroke-width: 2;
    fill: none;
  }
  .late .pole {
    stroke-dasharray: 2 2;
  }
`;function W(n,e){let[t,r]=n,[o,i]=e;return r===t?()=>(o+i)/2:s=>o+(s-t)/(r-t)*(i-o)}function ra(n,e){let t=n/Math.max(1,e);if(!(t>0))return 1;let r=10**Math.floor(Math.log10(t));return([1,2,5].find(i=>i*r>=t*.999)??10)*r}function vt(n,e){let t=Math.min(0,...n),r=Math.max(0,...n),o=ra(r-t||1,e),i=Math.ceil(t/o-1e-9),s=Math.max(Math.ceil(r/o-1e-9),i+(t<0?0:1)),a=Array.from({length:s-i+1},(l,d)=>oa((i+d)*o));return{minimum:t,maximum:a.at(-1),ticks:a}}function oa(n){return Number(n.toPrecision(12))+0}var qr=6;function Yr(n){let{view:e,layout:t}=n;return g`
    <defs>${Array.from({length:Math.min(qr,e.lanes.length)},(r,o)=>ia(o))}</defs>
    ${sa(n)}
    ${t.prices?aa(n,t.prices):u}
    ${t.sun?ca(n,t.sun):u}
    ${e.lanes.map((r,o)=>ua(n,r,t.lanes[o],o%qr))}
    ${ma(n)}
    ${n.cursor===null?u:bt("cursor",t.x(n.cursor),0,t.axis)}`}function ia(n){let e=[45,-45,0,90,20,0][n];return g`<pattern id="lane-${n}" class="lane-${n}" width="7" height="7" patternUnits="userSpaceOnUse"
      patternTransform="rotate(${e})">
    <rect class="ground" width="7" height="7"></rect>
    ${n===5?g`<circle class="mark" cx="3.5" cy="3.5" r="1.6"></circle>`:g`<rect class="mark" width="2.2" height="7"></rect>`}
  </pattern>`}function bt(n,e,t,r){return g`<line class=${n} x1=${e} x2=${e} y1=${t} y2=${r}></line>`}function sa({view:n,layout:e,words:t,timeZone:r}){let o=Kr(n.span,r,e.right-e.left);return g`${o.map(i=>{let s=e.x(i.at);return g`
      ${bt(i.isDay?"day":"hour",s,0,e.axis)}
      <text class="tick" x=${s} y=${e.axis+14} text-anchor="middle">${t.time(i.at)}</text>
      ${i.isDay||i===o[0]?g`<text class="tick weekday" x=${s} y=${e.axis+28} text-anchor="middle">${t.weekday(i.at)}</text>`:u}`})}
  <line class="axis" x1=${e.left} x2=${e.right} y1=${e.axis} y2=${e.axis}></line>`}function aa({view:n,layout:e,words:t},r){let o=r.y(0),i=la(n),s=r.axis.ticks.every(a=>Number.isInteger(a))?0:2;return g`
    ${r.axis.ticks.map(a=>g`
        <line class=${a===0?"zero":"level"} x1=${e.left} x2=${e.right} y1=${r.y(a)} y2=${r.y(a)}></line>
        <text class="tick" x=${e.left-6} y=${r.y(a)+4} text-anchor="end">${t.number(a,s)}</text>`)}
    <path class="price-area" d=${se(n.prices,e.x,r.y,o)}></path>
    <path class="price-planned" d=${se(i,e.x,r.y,o)}></path>
    <path class="price-line" d=${mt(n.prices,e.x,r.y)}></path>`}function la(n){let e=[],t=-1/0;for(let r of _e(n))e.push(...G(n.prices,{start:Math.max(r.start,t),end:r.end})),t=Math.max(t,r.end);return e}function ca({view:n,layout:e,words:t},r){let{maximum:o}=r.axis;return g`
    <text class="tick" x=${e.left-6} y=${r.top+8} text-anchor="end">${t.number(o/1e3,1)}</text>
    <path class="sun-area" d=${se(n.sun,e.x,r.y,r.bottom)}></path>
    <line class="zero" x1=${e.left} x2=${e.right} y1=${r.bottom} y2=${r.bottom}></line>`}function ua(n,e,t,r){let{layout:o}=n,i=t.top+t.height,s=Math.max(1,...e.charged.map(l=>l.value)),a=W([0,s],[i,t.top+4]);return g`<g class="lane-${r}">
    <line class="level" x1=${o.left} x2=${o.right} y1=${i} y2=${i}></line>
    <path class="charged" d=${se(e.charged,o.x,a,i)}></path>
    ${e.runs.map(l=>da(n,l,t,r))}
    ${e.ready.map(l=>pa(n,l.at,l.isReached,t))}
  </g>`}function da({layout:n,words:e,selected:t},r,o,i){let s=Math.max(n.left,n.x(r.start)),a=Math.max(2,Math.min(n.right,n.x(r.end))-s),l=`${r.known?"":" estimated"}${r.id===t?" selected":""}`;return g`
    <rect class=${`run${l}`} x=${s} y=${o.top} width=${a} height=${o.height} rx="3"
      fill=${`url(#lane-${i})`}></rect>
    ${a>52?g`<text class="amps" x=${s+a/2} y=${o.top+o.height/2+4} text-anchor="middle">${e.amps(r)}</text>`:u}`}function pa({layout:n},e,t,r){let o=n.x(e),i=n.right-o<12?-1:1,{top:s}=r,a=t?`M${o},${s}l${i*9},4l${-i*9},4Z`:`M${o-4},${s}l8,8m0,-8l-8,8`;return g`<g class=${t?"ready":"ready late"}>
    ${bt("pole",o,s,s+r.height)}
    <path d=${a}></path>
  </g>`}function ma({view:n,layout:e,words:t}){let r=e.x(n.now),o=e.right-r<40;return g`
    ${bt("now",r,0,e.axis)}
    <text class="now-label" x=${r+(o?-4:4)} y="9" text-anchor=${o?"end":"start"}>${t.text("now")}</text>`}var Zr=48,Xr=14,ha=10,fa=104,ga=36,Qr=20,Jr=28,xt=10,ya=34,va=200;function to(n,e){let t=Math.max(va,Math.round(e)),r=[n.span.start,n.span.end],o=[Zr,t-Xr],i=ha,s=m=>{let f=i;return i+=m+xt,f},a=(m,f)=>{let h=s(m),y=W([f.minimum,f.maximum],[h+m,h]);return{top:h,bottom:h+m,axis:f,y}},l=n.prices.length>0?a(fa,vt(eo(n.prices),4)):null;l!==null&&(i+=xt);let d=n.sun.length>0?a(ga,ba(eo(n.sun))):null,p=n.lanes.map(()=>{let m=s(Qr+Jr);return{label:m,top:m+Qr,height:Jr}});return{width:t,height:i+ya-xt,left:Zr,right:t-Xr,x:W(r,o),instant:W(o,r),prices:l,sun:d,lanes:p,axis:i-xt}}function ba(n){let e=Math.max(...n)||1e3;return{minimum:0,maximum:e,ticks:[e]}}function eo(n){return n.map(e=>e.value)}function pn(n,e){let t=({start:r,end:o})=>Math.max(r-e,e-o,0);return n.reduce((r,o)=>r===void 0||t(o)<t(r)?o:r,void 0)}function no(n,e){return c`<div class="scroll" tabindex="0" role="region" aria-label=${e.text("table.show")}>
    ${xa(n,e)} ${wa(n,e)}
  </div>`}function xa(n,e){let t=_e(n);if(t.length===0)return c`<p>${e.text("table.no_times")}</p>`;let r=new Map(n.lanes.map(o=>[o.key,o.name]));return c`<table>
    <caption>${e.text("table.times")}</caption>
    <thead>
      <tr>
        <th scope="col">${e.text("table.time")}</th>
        <th scope="col">${e.text("table.vehicle")}</th>
        <th scope="col" class="number">${e.text("current")}</th>
        <th scope="col" class="number">${e.text("energy")}</th>
        <th scope="col" class="number">${e.text("cost")}</th>
        <th scope="col">${e.text("table.reason")}</th>
      </tr>
    </thead>
    <tbody>
      ${t.map(o=>c`<tr>
          <th scope="row">${e.span(o)}</th>
          <td>${r.get(o.lane)}</td>
          <td class="number">${e.amps(o)}</td>
          <td class="number">${e.energy(o.kwh)}</td>
          <td class="number">${e.cost(o.cost,n.currency)}</td>
          <td>${e.reason(o.reason,n.currency)}</td>
        </tr>`)}
    </tbody>
  </table>`}function wa(n,e){let t=[...n.prices,...n.sun].flatMap(({start:a,end:l})=>[a,l]),r=[...new Set(t)].sort((a,l)=>a-l);if(r.length===0)return u;let o=r.slice(0,-1).map((a,l)=>({start:a,end:r[l+1]})),i=n.prices.length>0,s=n.sun.length>0;return c`<table>
    <caption>${e.text("table.prices")}</caption>
    <thead>
      <tr>
        <th scope="col">${e.text("table.time")}</th>
        ${i?c`<th scope="col" class="number">${e.text("price")}</th>`:u}
        ${s?c`<th scope="col" class="number">${e.text("legend.sun")}</th>`:u}
      </tr>
    </thead>
    <tbody>
      ${o.map(a=>{let l=Oe(n.prices,a.start),d=Z(n.sun,a);return c`<tr>
          <th scope="row">${e.span(a)}</th>
          ${i?c`<td class="number">${l?e.price(l.value,n.currency):Ne}</td>`:u}
          ${s?c`<td class="number">${d===null?Ne:e.power(d)}</td>`:u}
        </tr>`})}
    </tbody>
  </table>`}var R=15*6e4,wt=4*R;function oo(n){let{view:e,words:t}=n,r=e.prices.length+e.sun.length+e.lanes.length===0;return c`<section>
    ${n.hasTitle?c`<h3>${e.title}</h3>`:u} ${_a(n)} ${Sa(n)}
    ${r?u:c`${ka(n)} ${Ca(n)} ${Aa(n)}
            <details .open=${n.hasTables} @toggle=${o=>n.showTables(o.target.open)}>
              <summary>${t.text("table.show")}</summary>
              ${n.hasTables?no(e,t):u}
            </details>`}
  </section>`}var $a=new Set(["no_forecast","unpublished","no_plans"]);function _a({view:n,words:e}){return n.notices.length===0?u:c`<ul class="notices">
    ${n.notices.map(t=>c`<li class=${$a.has(t.kind)?"":"strong"}>${e.notice(t)}</li>`)}
  </ul>`}function Sa({view:n,words:e}){return n.plans.length===0?u:c`<ul class="plans">
    ${n.plans.map(t=>Ta(t,e))}
  </ul>`}function Ta(n,e){let t=e.lack(n),r=e.rest(n),o=n.state==="off"?[]:n.assumed;return c`<li>
    <strong>${n.name}</strong>
    ${n.whose===null?u:c`<span class="whose">${n.whose}</span>`}
    <span>${e.goal(n)}</span>
    <span class="state">${e.text(`state.${n.state}`)}</span>
    ${t===null?u:c`<span class="lack">${t}</span>`}
    ${r===null?u:c`<span class="line">${r}</span>`}
    ${o.map(i=>c`<span class="line">${e.text(`assumed.${i}`)}</span>`)}
  </li>`}function ka({view:n,words:e}){let t=(r,o)=>c`<span style=${`--swatch: ${r}`}>${o}</span>`;return c`<div class="legend">
    ${n.prices.length>0?t("var(--energy-grid-consumption-color, #488fc2)",e.text("legend.price",{unit:e.priceUnit(n.currency)})):u}
    ${n.sun.length>0?t("var(--energy-solar-color, #ff9800)",e.text("legend.sun")):u}
  </div>`}function Ca(n){let{view:e,words:t,timeZone:r,selected:o,cursor:i}=n,s=to(e,n.available),a=g`${Yr({view:e,layout:s,words:t,timeZone:r,selected:o,cursor:i})}`;return c`<div class="chart" style=${`height: ${s.height}px`}>
    <svg aria-hidden="true" width=${s.width} height=${s.height}>${a}</svg>
    ${Ra(n,s)} ${e.lanes.map((l,d)=>Pa(n,s,l,d))}
  </div>`}function Ra(n,e){let{view:t,words:r}=n,o=[e.prices,e.sun].filter(d=>d!==null);if(o.length===0)return u;let i=n.cursor??t.now,s=o[0].top,a=o.at(-1).bottom-s,l=d=>n.point(Math.min(Math.max(d,t.span.start),t.span.end-1));return c`<div
    class="curves"
    role="slider"
    tabindex="0"
    style=${`left: ${e.left}px; width: ${e.right-e.left}px; top: ${s}px; height: ${a}px`}
    aria-label=${r.text("slider")}
    aria-valuemin=${t.span.start}
    aria-valuemax=${t.span.end}
    aria-valuenow=${i}
    aria-valuetext=${io(n,i)}
    @click=${d=>l(e.instant(e.left+d.offsetX))}
    @keydown=${d=>{let p=Ea(d.key,i,t);p!==void 0&&(d.preventDefault(),p===null?n.point(null):l(p))}}
  ></div>`}function Ea(n,e,{span:t}){let r=Math.floor(e/wt)*wt;return{ArrowRight:Math.floor(e/R)*R+R,ArrowUp:Math.floor(e/R)*R+R,ArrowLeft:Math.ceil(e/R)*R-R,ArrowDown:Math.ceil(e/R)*R-R,PageUp:r+3*wt,PageDown:r-3*wt,Home:t.start,End:t.end-R,Escape:null}[n]}function io({view:n,words:e},t){let r=Oe(n.prices,t),o=Oe(n.sun,t),i=n.lanes.flatMap(s=>s.runs.filter(a=>a.start<=t&&t<a.end).map(a=>`${s.name} ${e.amps(a)}`));return[e.dayTime(t),r?e.price(r.value,n.currency):n.prices.length>0?e.text("price_unknown"):"",o&&o.value>0?e.text("sun_expected",{power:e.power(o.value)}):"",...i].filter(Boolean).join(" · ")}function Pa(n,e,t,r){let{view:o,words:i}=n,{label:s,top:a,height:l}=e.lanes[r],d=e.right-e.left,p=t.runs.find(h=>h.id===n.selected)??t.runs[0],m=t.ready.map(h=>i.dayTime(h.at)).join(", "),f=[t.place,m&&i.text("ready_by",{time:m})];return c`
    <div class="lane-name" style=${`left: 0; top: ${s}px`}>
      ${t.name} <small>${f.filter(Boolean).join(" · ")}</small>
    </div>
    <div
      class="lane"
      role="group"
      aria-label=${i.text("lane",{name:t.name})}
      style=${`left: ${e.left}px; width: ${d}px; top: ${a}px; height: ${l}px`}
      @click=${h=>{if(h.target!==h.currentTarget)return;let y=pn(t.runs,e.instant(e.left+h.offsetX));y!==void 0&&ro(n,y)}}
      @keydown=${h=>Ma(h,n,r)}
    >
      ${t.runs.map(h=>{let y=Math.max(0,e.x(h.start)-e.left),P=Math.min(d,e.x(h.end)-e.left);return c`<button
          type="button"
          data-run=${h.id}
          tabindex=${h===p?0:-1}
          aria-pressed=${h.id===n.selected?"true":"false"}
          aria-label=${i.run(h,t,o.currency)}
          style=${`left: ${y}px; width: ${Math.max(2,P-y)}px`}
          @click=${()=>ro(n,h)}
        ></button>`})}
    </div>
  `}function ro(n,e){n.select(n.selected===e.id?null:e.id)}function Ma(n,e,t){let{lanes:r}=e.view,o=n.target.dataset.run,i=r[t].runs,s=i.findIndex(m=>m.id===o),a=i[s];if(n.key==="Escape"&&e.select(null),a===void 0)return;let l=m=>pn(r[t+m]?.runs??[],a.start),p={ArrowRight:i[s+1],ArrowLeft:i[s-1],ArrowDown:l(1),ArrowUp:l(-1),Home:i[0],End:i.at(-1)}[n.key];p!==void 0&&(n.preventDefault(),e.select(p.id),e.focus(p.id))}function Aa(n){let{view:e,words:t}=n,r=_e(e).find(i=>i.id===n.selected),o=r!==void 0?La(n,r):n.cursor!==null?c`<p>${io(n,n.cursor)}</p>`:c`<p class="hint">${t.text("hint")}</p>`;return c`<div class="details" aria-live="polite">${o}</div>`}function La({view:n,words:e},t){let{currency:r}=n,o=n.lanes.find(a=>a.key===t.lane),i=Z(n.prices,t),s=(a,l)=>c`<div><dt>${e.text(a)}</dt><dd>${l}</dd></div>`;return c`
    <h3>${o?.name}: ${e.span(t)}</h3>
    <p>${e.reason(t.reason,r)}</p>
    <dl>
      ${s("current",e.amps(t))} ${s("energy",e.energy(t.kwh))}
      ${s(t.known?"cost":"cost_estimated",e.cost(t.cost,r))}
      ${t.price===null?u:s("average_price",e.price(t.price,r))}
      ${i===null?u:s("grid_price",e.price(i,r))} ${s("plan",t.planName)}
    </dl>
  `}var Oa=6e4,Ha=5,so={type:"twc-manager-plan-card",name:"Charging plans",description:"Prices, sun and planned charging of the next days",preview:!0,documentationURL:O},$t=class extends _{static properties={..._.properties,now:{state:!0},charged:{state:!0},selected:{state:!0},cursor:{state:!0},tables:{state:!0}};static styles=[_.styles,pt,jr];#e=new $e(this);#t;#n=0;constructor(){super(),this.now=Date.now(),this.charged=new Map,this.selected=null,this.cursor=null,this.tables=new Set}connectedCallback(){super.connectedCallback(),this.now=Date.now(),this.#n=0,this.#t=setInterval(()=>this.#s(),Oa),this.#i()}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}shownLive(e){return e.buses.map(({entry_id:t,title:r,state:o,currency:i,prices:s,forecast:a,plans:l,vehicles:d,connectors:p})=>{let m=p.map(({device_id:f,vehicle:h})=>[f,h?.name]);return[t,r,o,i,s,a,l,d,m]})}updated(e){super.updated(e),(e.has("texts")||e.has("config"))&&this.#i()}getGridOptions(){return{...super.getGridOptions(),columns:"full"}}getCardSize(){return 7}*shownEntities(e){for(let t of I(e,this.deviceId)){let r=t.entities.get("switch.pause_plans");r!==void 0&&(yield r)}}content(e,t){let r=I(e,this.deviceId);if(r.length===0)return T(t("common.device_gone"));if(this.live===void 0)return this.failure?T(t("common.not_loaded")):c`<div class="loading" aria-busy="true"></div>`;let o=new ve(e,t);return c`
      <h2>${o.text("title")}</h2>
      ${r.map(i=>{let s=U(this.live,i.entryId);if(s===void 0||s.state==="not_loaded")return c`<section>${T(t("common.not_loaded"))}</section>`;let a=e.states[i.entities.get("switch.pause_plans")??""],l=Gr(s,{now:this.now,timeZone:A(e),deviceId:this.deviceId,isPaused:a?.state==="on",names:new Map(i.connectors.map(({deviceId:d,name:p})=>[d,p])),charged:this.charged});return oo(this.#r(e,o,l,r.length>1))})}
    `}#r(e,t,r,o){return{view:r,words:t,hasTitle:o,timeZone:A(e),available:this.#e.value,selected:this.selected,cursor:this.cursor?.entryId===r.entryId?this.cursor.at:null,hasTables:this.tables.has(r.entryId),select:i=>{this.selected=i,this.cursor=null},point:i=>{this.cursor=i===null?null:{entryId:r.entryId,at:i},this.selected=null},showTables:i=>{let s=new Set(this.tables);i?s.add(r.entryId):s.delete(r.entryId),this.tables=s},focus:i=>this.#o(i)}}async#o(e){await this.updateComplete,[...this.renderRoot.querySelectorAll(".lane button")].find(r=>r.dataset.run===e)?.focus()}#s(){this.now=Date.now(),this.#n+=1,this.#n%Ha===0&&this.#i()}async#i(){let e=this.hass;if(!(e===void 0||!this.isConnected))try{this.charged=await Ur(e,this.deviceId,Date.now())}catch{this.charged=new Map}}};var Na=36e5,Da=Na;async function ao(n,e,t,r){if(r-t<=Da){let o=await Ia(n,e,t,r);if(o.length>0)return{pieces:o,isHourly:!1}}for(let o of["5minute","hour"]){let i=await gt(n,{ids:[e],start:t,end:r,period:o}),s=yt(i[e]);if(s.length>0)return{pieces:s,isHourly:o==="hour"}}return{pieces:[],isHourly:!1}}async function Ia(n,e,t,r){let o=await n.callWS({type:"history/history_during_period",entity_ids:[e],start_time:new Date(t).toISOString(),end_time:new Date(r).toISOString(),minimal_response:!0,no_attributes:!0,significant_changes_only:!1}),i=n.states[e]?.attributes.unit_of_measurement==="kW"?1e3:1,s=o[e]??[];return s.flatMap(({s:a,lu:l},d)=>{let p={start:Math.max(t,l*1e3),end:Math.min(r,(s[d+1]?.lu??1/0)*1e3)},m=a.trim()===""?NaN:Number(a)*i;return Number.isFinite(m)&&p.end>p.start?[{...p,value:m}]:[]})}var _t=40,lo=12,co=10,Ua=110,Va=22,Fa=36e5;function uo(n,e,t){let r=Math.max(200,t.width),o=co+Ua,i=n.map(p=>({...p,value:p.value/1e3})),s=vt(i.map(p=>p.value),3),a=W([e.start,e.end],[_t,r-lo]),l=W([s.minimum,s.maximum],[o,co]),d=s.ticks.every(Number.isInteger)?0:1;return c`<svg role="img" aria-label=${t.label} width=${r} height=${o+Va}>
    ${s.ticks.map(p=>g`
        <line class="level" x1=${_t} x2=${r-lo} y1=${l(p)} y2=${l(p)}></line>
        <text x=${_t-6} y=${l(p)+4} text-anchor="end">${t.number(p,d)}</text>`)}
    <text x=${_t+4} y="9">kW</text>
    <path class="area" d=${se(i,a,l,l(0))}></path>
    <path class="line" d=${mt(i,a,l)}></path>
    ${Ba(e,r,t.timeZone).map(p=>g`
        <line class="level" x1=${a(p)} x2=${a(p)} y1=${o} y2=${o+4}></line>
        <text x=${a(p)} y=${o+16} text-anchor="middle">${t.time(p)}</text>`)}
  </svg>`}function Ba(n,e,t){let r=(n.end-n.start)/Fa,o=Math.max(2,Math.floor(e/60)),i=[1,2,3,4,6,12].find(l=>r/l<=o)??24,s=st(n.start,n.end,i,t).map(l=>l.at);if(s.length>=2&&r/24<=o)return s;let a=(n.end-n.start)*.06;return[n.start+a,n.end-a]}function po(n){return c`<div class="inside">${Ga(n.row,n.words)} ${za(n)}</div>`}function Ga(n,e){let{data:t}=n,r=(o,i)=>c`<div><dt>${e.text(o)}</dt><dd>${i}</dd></div>`;return c`<dl>
    ${n.average_price===null?u:r("column.average_price",e.price(n.average_price,n.currency))}
    ${n.at_once===null?u:r("column.at_once",e.money(n.at_once,n.currency))}
    ${n.at_once===null||n.cost===null?u:Wa(n.at_once-n.cost,n,e)}
    ${t===null?u:c`
            ${r("ended",e.dateTime(n.ended))}
            ${t.end===null?u:r("end_reason",e.text(`end.${t.end}`))}
            ${r("charging_time",e.minutes(t.charging_minutes))}
            ${t.charging_minutes>0?r("average_power",e.power(6e4*t.energy_kwh/t.charging_minutes)):u}
            ${r("peak",e.amps(t.peak_amps))}
            ${t.green_percent===null?u:r("from_sun",e.energy(t.green_kwh))}
            ${t.battery_kwh>0?r("from_battery",e.energy(t.battery_kwh)):u}
            ${t.grid_kwh>0?r("from_grid",e.energy(t.grid_kwh)):u}
            ${t.unknown_kwh>0?r("from_unknown",e.energy(t.unknown_kwh)):u}
            ${t.priced_percent!==null&&t.priced_percent<100&&t.cost!==null?r("priced",e.percent(t.priced_percent)):u}
            ${t.price_source?r("price_source",t.price_source):u}
          `}
  </dl>`}function Wa(n,e,t){return Math.abs(n)<.005?u:c`<div>
    <dt>${t.text(n>0?"saved":"dearer")}</dt>
    <dd>${t.money(Math.abs(n),e.currency)}</dd>
  </div>`}function za({row:n,words:e,curve:t,width:r,timeZone:o,now:i,retry:s}){if(t==="loading")return c`<p class="note" role="status">${e.text("curve.loading")}</p>`;if(t==="no_sensor")return c`<p class="note">${e.text("curve.no_sensor")}</p>`;if(t==="failed")return c`<p class="note" role="alert">
      ${e.text("curve.failed")}
      <button type="button" class="plain" @click=${s}>${e.text("retry")}</button>
    </p>`;if(t.pieces.length===0)return c`<p class="note">${e.text("curve.none")}</p>`;let a={start:Math.min(n.started,t.pieces[0].start),end:Math.max(n.ended??i,t.pieces.at(-1).end)},l=Math.max(...t.pieces.map(p=>p.value)),d=uo(t.pieces,a,{width:r,timeZone:o,label:e.text("curve.label",{start:e.time(a.start),end:e.time(a.end),maximum:e.power(l)}),time:p=>e.time(p),number:(p,m)=>e.number(p,m)});return c`<div class="curve">${d}</div>
    ${t.isHourly?c`<p class="note">${e.text("curve.hourly")}</p>`:u}`}async function mo(n,e){let t=e===void 0?void 0:{device_id:e},{response:r}=await n.callService(v,"get_sessions",{},t,!1,!0);if(r===void 0)throw new Error("no response");return r}var hn=["started","connector","energy","sun","cost","average_price","at_once"];function fo(n,e){return n.sessions.map(t=>({key:go(t.device_id??t.connector,t.started),deviceId:t.device_id,connector:e.get(t.device_id??"")??t.connector,vehicle:t.vehicle,started:Date.parse(t.started),ended:Date.parse(t.ended),energy:t.energy_kwh,sun:t.green_percent,cost:t.cost,currency:t.currency,average_price:t.average_price,at_once:t.cost_at_once,data:t}))}function go(n,e){return`${n} ${Math.floor(Date.parse(e)/1e3)}`}function yo(n,e,t){return n.flatMap(({device_id:r,id:o,name:i,vehicle:s,session:a})=>a===null?[]:[{key:go(r??o,a.started),deviceId:r,connector:e.get(r??"")??i,vehicle:s?.name??null,started:Date.parse(a.started),ended:null,energy:a.kwh,sun:a.sun===null?null:100*a.sun,cost:a.cost,currency:a.cost===null?null:t,average_price:a.average_price,at_once:null,data:null}])}function vo(n,e,t,r){return[...new Set([...n.map(i=>He(i.started,r)),...e.map(i=>i.month)]).add(He(t,r))].sort()}function bo(n,e,t,r,o){let i=e.filter(f=>He(f.started,o)===n),s=i.flatMap(f=>f.data??[]),a=t.filter(f=>f.month===n),l=Math.min(...e.filter(f=>f.data!==null).map(f=>f.started)),m=(!Number.isFinite(l)||n<=He(l,o))&&mn(a)>mn(s)+.05*Math.max(1,s.length)?St(a,s.length,!0):St(s,s.length,!1);return{month:n,rows:ja(i,r),total:m}}function mn(n){return n.reduce((e,t)=>e+t.energy_kwh,0)}function St(n,e,t){if(n.length===0)return null;let r=n.reduce((s,a)=>s+a.green_kwh,0),o=n.reduce((s,a)=>s+a.green_kwh+a.battery_kwh+a.grid_kwh,0),i=[...new Set(n.flatMap(s=>s.currency??[]))].sort();return{count:e,energy:mn(n),sun:o>0?100*r/o:null,money:i.map(s=>Ka(n,s)),hasMore:t}}function Ka(n,e){let t=n.filter(s=>s.currency===e&&s.cost!==null),r=t.reduce((s,a)=>s+a.cost,0),o=t.reduce((s,a)=>s+a.energy_kwh*(a.priced_percent??0)/100,0),i=t.map(s=>"cost_at_once"in s?s.cost_at_once:null);return{currency:e,cost:r,average_price:o>0?r/o:null,at_once:i.includes(null)?null:i.reduce((s,a)=>s+a,0)}}function ja(n,{column:e,isDescending:t}){let r=t?-1:1;return[...n].sort((o,i)=>{let[s,a]=[ho(o,e),ho(i,e)];if(s===null||a===null)return+(s===null)-+(a===null)||i.started-o.started;if(qa(e)&&o.currency!==i.currency)return(o.currency??"").localeCompare(i.currency??"");let l=typeof s=="string"?s.localeCompare(String(a),void 0,{numeric:!0}):s-Number(a);return r*l||i.started-o.started})}function qa(n){return n==="cost"||n==="average_price"||n==="at_once"}function ho(n,e){return e==="connector"?`${n.connector} ${n.vehicle??""}`:n[e]}function xo(n,e){return n.column===e?{column:e,isDescending:!n.isDescending}:{column:e,isDescending:e!=="connector"}}var wo=x`
  ha-card {
    padding: 12px 16px 16px;
    container-type: inline-size;
  }
  h2 {
    margin: 0 0 4px;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  h3 {
    margin: 0;
    min-width: 9em;
    text-align: center;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .months {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .step {
    width: 40px;
    height: 40px;
    font-size: 20px;
    border-radius: 50%;
  }
  .step:hover:not([disabled]),
  tr.session:hover {
    background: color-mix(in srgb, var(--secondary-background-color) 40%, transparent);
  }
  .step[disabled] {
    opacity: 0.3;
    cursor: default;
  }
  .plain,
  tr.session .started button {
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-underline-offset: 3px;
  }
  .plain {
    min-height: 40px;
    padding: 0 4px;
  }
  .plain[aria-pressed="true"] {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .note .plain {
    color: var(--primary-text-color);
  }
  .note {
    margin: 8px 0;
    color: var(--secondary-text-color);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    text-align: end;
    vertical-align: top;
    padding: 10px 0 10px 12px;
    border-bottom: 1px solid var(--divider-color);
    font-weight: inherit;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .started,
  .connector {
    text-align: start;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .started {
    padding-inline-start: 0;
  }
  thead th {
    vertical-align: bottom;
    white-space: normal;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    padding-top: 4px;
    padding-bottom: 4px;
  }
  thead button {
    min-height: 32px;
    text-align: inherit;
  }
  .sign {
    margin-inline-start: 4px;
    font-size: 9px;
  }
  tr.session {
    cursor: pointer;
  }
  tr.session .started button {
    text-align: start;
    min-height: 24px;
  }
  tr.open > * {
    border-bottom: 0;
  }
  tfoot > tr > * {
    font-weight: var(--ha-font-weight-medium, 500);
    border-bottom: 0;
  }
  .who,
  .vehicle,
  .running {
    display: block;
    font-weight: normal;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .running {
    color: var(--primary-text-color);
  }
  .details td {
    text-align: start;
    white-space: normal;
    padding: 0 0 12px;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
    gap: 8px 16px;
    margin: 4px 0 12px;
  }
  dt {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .curve svg {
    display: block;
    overflow: visible;
  }
  .area {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.3;
  }
  .line {
    fill: none;
    stroke: var(--energy-grid-consumption-color, #488fc2);
    stroke-width: 2;
  }
  .level {
    stroke: var(--divider-color);
  }
  text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }

  td.connector,
  th.connector,
  .average_price,
  .at_once {
    display: none;
  }
  @container (min-width: 560px) {
    td.connector,
    th.connector {
      display: table-cell;
    }
    .started .who {
      display: none;
    }
    .at_once {
      display: table-cell;
    }
  }
  @container (min-width: 680px) {
    .average_price {
      display: table-cell;
    }
  }
`;var le="–",Tt=class{constructor(e,t){this.hass=e;this.texts=t}hass;texts;text(e,t){return this.texts(`sessions_card.${e}`,t)}month(e){let[t,r]=e.split("-").map(Number);return sr(this.hass,new Date(Date.UTC(t,r-1,15)))}time(e){return B(this.hass,new Date(e))}dateTime(e){return ar(this.hass,new Date(e))}energy(e){return F(this.hass,e)}percent(e){return e===null?le:k(this.hass,e/100)}money(e,t){return e===null?le:q(this.hass,e,t)}price(e,t){return e===null?le:fe(this.hass,e,t)}number(e,t){return b(this.hass,e,t)}power(e){return j(this.hass,e)}amps(e){return E(this.hass,e)}minutes(e){return Y(this.hass,e*6e4)}};function $o(n){let{view:e,words:t,limit:r}=n,o=r===null?e.rows:e.rows.slice(0,r),i=e.rows.length-o.length;return c`<table>
      <caption class="hidden">${t.text("caption",{month:t.month(e.month)})}</caption>
      <thead>
        <tr>${hn.map(s=>Ya(n,s))}</tr>
      </thead>
      <tbody>
        ${o.map(s=>Za(n,s))}
      </tbody>
      ${Xa(n)}
    </table>
    ${i>0?c`<button type="button" class="plain" @click=${n.showAll}>
            ${t.text("show_all",{count:e.rows.length})}
          </button>`:u}
    ${e.total?.hasMore?c`<p class="note">${t.text(e.rows.length>0?"partly_kept":"not_kept")}</p>`:u}`}function Ya({words:n,sort:e,sortBy:t},r){let o=e.column===r,i=o?e.isDescending?"descending":"ascending":"none",s=e.isDescending?"▼":"▲";return c`<th scope="col" class=${r} aria-sort=${i}>
    <button type="button" @click=${()=>t(r)}>
      ${n.text(`column.${r}`)}${o?c`<span class="sign" aria-hidden="true">${s}</span>`:u}
    </button>
  </th>`}function Za(n,e){let{words:t,open:r,toggle:o}=n,i=e.key===r,s=[e.connector,e.vehicle].filter(Boolean).join(" · ");return c`<tr class=${i?"session open":"session"} @click=${()=>o(e.key)}>
      <th scope="row" class="started">
        <button
          type="button"
          aria-expanded=${i?"true":"false"}
          @click=${a=>{a.stopPropagation(),o(e.key)}}
        >
          ${t.dateTime(e.started)}
        </button>
        ${e.ended===null?c`<span class="running">${t.text("running")}</span>`:u}
        <span class="who">${s}</span>
      </th>
      <td class="connector">${e.connector}${e.vehicle?c`<span class="vehicle">${e.vehicle}</span>`:u}</td>
      <td class="energy">${t.energy(e.energy)}</td>
      <td class="sun">${t.percent(e.sun)}</td>
      <td class="cost">${t.money(e.cost,e.currency)}</td>
      <td class="average_price">${t.price(e.average_price,e.currency)}</td>
      <td class="at_once">${t.money(e.at_once,e.currency)}</td>
    </tr>
    ${i?c`<tr class="details"><td colspan=${hn.length}>${n.details(e)}</td></tr>`:u}`}function Xa({view:n,words:e}){let t=n.total;if(t===null)return u;let r=o=>t.money.length===0?le:c`${t.money.map(i=>c`<div>${o(i)}</div>`)}`;return c`<tfoot>
    <tr>
      <th scope="row" class="started">
        ${e.text("total")}
        <span class="who">${t.hasMore?u:e.text("count",{count:t.count})}</span>
      </th>
      <td class="connector">${t.hasMore?u:e.text("count",{count:t.count})}</td>
      <td class="energy">${e.energy(t.energy)}</td>
      <td class="sun">${e.percent(t.sun)}</td>
      <td class="cost">${r(o=>e.money(o.cost,o.currency))}</td>
      <td class="average_price">${r(o=>e.price(o.average_price,o.currency))}</td>
      <td class="at_once">${r(o=>e.money(o.at_once,o.currency))}</td>
    </tr>
  </tfoot>`}function To(n){return[...new Set(n.map(e=>e.slice(0,4)))].sort()}function ko(n,e){let t=e.filter(({month:o})=>o.startsWith(`${n}-`)),r=[...new Set(t.map(({month:o})=>o))].sort().reverse();return{year:n,months:r.map(o=>({month:o,total:_o(t.filter(i=>i.month===o))})),total:_o(t)}}function _o(n){return St(n,0,!0)}function Co(n,e,t){let r=["month","energy","sun","cost","average_price"];return c`<table>
    <caption class="hidden">${e.text("caption",{month:n.year})}</caption>
    <thead>
      <tr>
        ${r.map(o=>c`<th scope="col" class=${Qa(o)}>${e.text(`column.${o}`)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${n.months.map(({month:o,total:i})=>c`<tr class="session" @click=${()=>t(o)}>
          <th scope="row" class="started"><button type="button">${e.month(o)}</button></th>
          ${So(i,e)}
        </tr>`)}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row" class="started">${e.text("total")}</th>
        ${So(n.total,e)}
      </tr>
    </tfoot>
  </table>`}function Qa(n){return n==="month"?"started":n}function So(n,e){let t=r=>n.money.length===0?le:c`${n.money.map(o=>c`<div>${r(o)}</div>`)}`;return c`<td class="energy">${e.energy(n.energy)}</td>
    <td class="sun">${e.percent(n.sun)}</td>
    <td class="cost">${t(r=>e.money(r.cost,r.currency))}</td>
    <td class="average_price">${t(r=>e.price(r.average_price,r.currency))}</td>`}var Ja=12,Ro={type:"twc-manager-sessions-card",name:"Charging sessions",description:"Charging sessions with energy, sun and cost, month by month",preview:!0,documentationURL:O},kt=class extends _{static properties={..._.properties,data:{state:!0},error:{state:!0},month:{state:!0},sort:{state:!0},open:{state:!0},curve:{state:!0},isWhole:{state:!0},isYear:{state:!0}};static styles=[_.styles,wo];#e=new $e(this);#t;#n=0;constructor(){super(),this.sort={column:"started",isDescending:!0},this.open=null,this.curve="loading",this.isWhole=!1,this.isYear=!1}disconnectedCallback(){super.disconnectedCallback(),this.#t=void 0}getGridOptions(){return{...super.getGridOptions(),columns:"full"}}getCardSize(){return 6}*shownEntities(e){for(let{entities:t}of S(e,this.deviceId)){let r=t.get("event.session");r!==void 0&&(yield r)}}shownLive(e){return e.buses.map(({currency:t,connectors:r})=>[t,r.map(({device_id:o,vehicle:i,session:s})=>[o,i?.name,s])])}updated(e){super.updated(e);let t=this.hass;if(t===void 0||this.texts===void 0||!this.isConnected)return;let r=this.#r(t);r!==this.#t&&(this.#t=r,this.#s(t))}#r(e){let t=S(e,this.deviceId).map(({deviceId:r,entities:o})=>{let i=e.states[o.get("event.session")??""];return[r,i===void 0?this.#o(r)?.session?.started:i.state]});return JSON.stringify([this.deviceId,t])}#o(e){return this.live?.buses.flatMap(t=>t.connectors).find(t=>t.device_id===e)}async#s(e){let t=this.#n+=1;try{if(S(e,this.deviceId).length===0)return;let r=await mo(e,this.deviceId);if(t!==this.#n)return;this.data=r,this.error=void 0}catch(r){t===this.#n&&(this.error=r?.message??"")}}#i=()=>{let e=this.hass;this.error=void 0,e!==void 0&&this.#s(e)};content(e,t){let r=new Tt(e,t),o=S(e,this.deviceId);return o.length===0&&this.deviceId!==void 0?T(t("common.device_gone")):c`<h2>${r.text("title")}</h2>
      ${this.#a(e,r,o)}`}#a(e,t,r){let o=this.error===void 0?u:c`<p class="note" role="alert">
            ${t.text("failed",{error:this.error})}
            <button type="button" class="plain" @click=${this.#i}>${t.text("retry")}</button>
          </p>`;if(r.length===0)return c`<p class="note">${t.text("none")}</p>`;if(this.data===void 0)return this.error===void 0?c`<p class="note" role="status">${t.text("loading")}</p>`:c`${o}`;let i=this.#m(e,this.data,r);return i.length===0&&this.data.months.length===0?c`${o}<p class="note">${t.text("none")}</p>`:c`${o}${this.#h(e,t,this.data,i)}`}#m(e,t,r){let o=D(e).flatMap(p=>p.connectors),i=new Map(o.map(({deviceId:p,name:m})=>[p,m])),s=new Set(r.map(p=>p.deviceId)),a=(this.live?.buses??[]).flatMap(p=>yo(p.connectors.filter(({device_id:m})=>m!==null&&s.has(m)),i,p.currency)),l=fo(t,i),d=new Set(l.map(p=>p.key));return[...a.filter(p=>!d.has(p.key)),...l]}#h(e,t,r,o){let i=A(e),s=vo(o,r.months,Date.now(),i),a=this.month!==void 0&&s.includes(this.month)?this.month:s.at(-1);if(this.isYear)return this.#f(t,r,s,a);let l=bo(a,o,r.months,this.sort,i);return c`${this.#p(t,s,a,t.month(a))}
      ${l.rows.length===0&&l.total===null?c`<p class="note">${t.text("none_in_month")}</p>`:$o({view:l,words:t,sort:this.sort,open:this.open,limit:this.isWhole?null:Ja,sortBy:d=>this.sort=xo(this.sort,d),toggle:d=>this.#u(e,l.rows.find(p=>p.key===d)),showAll:()=>this.isWhole=!0,details:d=>po({row:d,words:t,curve:this.curve,width:this.#e.value,timeZone:i,now:Date.now(),retry:()=>{this.#d(e,d)}})})}
    `}#f(e,t,r,o){let i=ko(o.slice(0,4),t.months),{total:s}=i,a=To(r).map(p=>r.filter(m=>m.startsWith(p)).at(-1)),l=a.find(p=>p.startsWith(i.year)),d=p=>{this.isYear=!1,this.#c(p)};return c`${this.#p(e,a,l,i.year)}
      ${s===null?c`<p class="note">${e.text("none_in_year")}</p>`:Co({...i,total:s},e,d)}`}#p(e,t,r,o){let i=t.indexOf(r),s=(a,l,d)=>c`<button
        type="button"
        class="step"
        aria-label=${e.text(d)}
        ?disabled=${t[i+a]===void 0}
        @click=${()=>this.#c(t[i+a])}
      >
        ${l}
      </button>`;return c`<div class="months">
      ${s(-1,"‹",this.isYear?"earlier_year":"earlier")}
      <h3 aria-live="polite">${o}</h3>
      ${s(1,"›",this.isYear?"later_year":"later")}
      <button
        type="button"
        class="plain"
        aria-pressed=${this.isYear?"true":"false"}
        @click=${()=>this.isYear=!this.isYear}
      >
        ${e.text("year")}
      </button>
    </div>`}#c(e){this.month=e,this.open=null,this.isWhole=!1}#u(e,t){if(t===void 0||this.open===t.key){this.open=null;return}this.open=t.key,this.#d(e,t)}async#d(e,t){let o=S(e).find(({deviceId:s})=>s===t.deviceId)?.entities.get("sensor.power");if(this.curve=o===void 0?"no_sensor":"loading",o===void 0)return;let i=await ao(e,o,t.started,t.ended??Date.now()).catch(()=>"failed");this.open===t.key&&(this.curve=i)}};async function Eo(n){await customElements.whenDefined("home-assistant");for(let[e,t]of Object.entries(n))customElements.get(e)===void 0&&customElements.define(e,t)}function Ct(n,e){for(let t of e)n.some(r=>r.type===t.type)||n.push(t)}var Po="twc-manager-amps",fn=5,gn=3,yn=8,el=2e3,tl=new Set(["number.charge_limit","number.total_current_limit"]),Rt=class extends C{static properties={context:{attribute:!1},hass:{attribute:!1},config:{state:!0},live:{state:!0},texts:{state:!0},wanted:{state:!0}};static styles=x`
    :host {
      display: block;
    }
    .steps {
      display: flex;
      gap: var(--feature-button-spacing, 8px);
      height: var(--feature-height, 42px);
    }
    button {
      flex: 1 1 0;
      min-width: 24px;
      padding: 0;
      overflow: hidden;
      font: inherit;
      font-weight: 500;
      color: var(--primary-text-color);
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      border: 2px solid transparent;
      border-radius: var(--feature-border-radius, 12px);
      cursor: pointer;
    }
    button[aria-pressed="true"] {
      border-color: var(--feature-color, var(--primary-color));
      background: color-mix(in srgb, var(--feature-color, var(--primary-color)) 22%, transparent);
    }
    button[aria-busy="true"] {
      border-style: dashed;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 1px;
    }
  `;#e;#t;#n;static getStubConfig(){return{type:`custom:${Po}`,steps:fn}}static getConfigForm(){return{schema:[{name:"steps",selector:{number:{min:gn,max:yn,step:1,mode:"slider"}}}],computeLabel:()=>V()?.("amps_feature.steps")??"",computeHelper:()=>V()?.("amps_feature.steps_helper")??""}}setConfig(e){let t=e.steps??fn;if(!Number.isInteger(t)||t<gn||t>yn)throw new Error(`steps: ${gn}-${yn}`);this.config=e}connectedCallback(){super.connectedCallback(),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#e?.(),this.#e=this.#t=this.wanted=void 0}willUpdate(){let{hass:e}=this,t=e?.states[this.context?.entity_id??""];Number(t?.state)===this.wanted&&(this.wanted=void 0),!(e===void 0||!this.isConnected||this.#t===e.language)&&(this.#t=e.language,oe(e,r=>this.texts=r),this.#e?.(),this.#e=tt(e,r=>this.live=r))}render(){let{hass:e,config:t}=this,r=e?.states[this.context?.entity_id??""];if(e===void 0||t===void 0||!Je(r))return u;let o=this.wanted??Number(r.state),i=tr(nl(e,r,this.live),t.steps??fn);return c`<div class="steps" role="group" aria-label=${this.texts?.("amps_feature.amps")??u}>
      ${i.map(s=>c`<button
          type="button"
          aria-label=${E(e,s)}
          aria-pressed=${s===o?"true":"false"}
          aria-busy=${s===this.wanted?"true":u}
          @click=${()=>{this.#r(e,r,s)}}
        >
          ${b(e,s)}
        </button>`)}
    </div>`}async#r(e,{entity_id:t},r){this.wanted=r,clearTimeout(this.#n);let o=()=>{this.wanted===r&&(this.wanted=void 0)};try{await e.callService("number","set_value",{value:r},{entity_id:t}),this.#n=setTimeout(o,el)}catch{o()}}};function nl(n,e,t){let r=n.entities[e.entity_id]?.device_id,o=t?.buses.find(({device_id:s,connectors:a})=>s===r||a.some(l=>l.device_id===r));return{minimum:(o?.connectors.find(({device_id:s})=>s===r)??o?.connectors[0])?.minimum??null,maximum:Number(e.attributes.max)}}var Mo={type:Po,name:"Amps in useful steps",configurable:!0,isSupported:(n,{entity_id:e})=>{let t=n.entities[e??""];return t?.platform===v&&tl.has(Me(n,t)??"")}};var rl=["name","description"];function ce(n,e){for(let t of rl){let r=n[t];r!==void 0&&Object.defineProperty(n,t,{configurable:!0,enumerable:!0,get:()=>ol(`picker.${e}.${t}`)||r})}return n}function ol(n){let e=V();if(e!==void 0)return e(n);let{hass:t}=document.querySelector("home-assistant")??{};return t!==void 0&&re(t).catch(()=>{}),""}var Ao="custom:twc-manager";function Lo(n,e){let t=new Set(e.flatMap(i=>i.connectors.map(s=>s.deviceId))),r=n.connectors,o=new Set((Array.isArray(r)?r:[r]).filter(i=>t.has(i)));return o.size===0?e:e.map(i=>({...i,connectors:i.connectors.filter(s=>o.has(s.deviceId))})).filter(i=>i.connectors.length>0)}var Pt={columns:"full"},il=["sensor.energy_green","sensor.energy_battery","sensor.energy_grid"];function Ho(n,e,t){let r=n.flatMap(o=>{let i=n.length>1?[Uo(o.name,"mdi:ev-station")]:[],[s,...a]=[...o.connectors.map(l=>ue(Et("connector",l.deviceId))),sl(o,t)];return[ue(...i,...s.cards),...a,Io(Et("plan",o.deviceId))]});return Do(r.length>0?r:[ue(Vo(e))])}function No(n,e){let r=n.flatMap(o=>{let i=n.length>1?[Uo(o.name,"mdi:ev-station")]:[];return[Io(...i,Et("sessions",o.deviceId)),ue(...Oo(o.connectors,e("dashboard.by_day"),"day",30),...Oo(o.connectors,e("dashboard.by_month"),"month",372),...cl(o,e("dashboard.power")))]}).filter(o=>o.cards.length>0);return Do(r.length>0?r:[ue(Vo(e))])}function Do(n){return{type:"sections",max_columns:4,sections:n}}function ue(...n){return{type:"grid",cards:n}}function Io(...n){return{...ue(...n.map(e=>({...e,grid_options:Pt}))),column_span:2}}function Et(n,e){return{type:`custom:twc-manager-${n}-card`,device_id:e}}function Uo(n,e){return{type:"heading",heading:n,icon:e}}function Vo(n){return{type:"markdown",content:n("common.no_bus"),grid_options:Pt}}function sl(n,e){return ue(Et("flow",n.deviceId),...e?[]:al(n))}function al(n){return[...Fe(n,"select.mode",{features:[{type:"select-options"}],features_position:"inline"}),...Fe(n,"number.total_current_limit",{features:[{type:"custom:twc-manager-amps"}]}),...Fe(n,"switch.charge_now",{features:[{type:"toggle"}],features_position:"inline"}),...Fe(n,"sensor.total_power",{},6),...Fe(n,"sensor.total_current",{},6)]}function Fe(n,e,t,r="full"){let o=n.entities.get(e);return o===void 0?[]:[{type:"tile",entity:o,name:{type:"entity"},grid_options:{columns:r},...t}]}function Oo(n,e,t,r){let o=ll(n);return o.length===0?[]:[{type:"statistics-graph",title:e,entities:o,stat_types:["change"],chart_type:"bar-stack",period:t,days_to_show:r,grid_options:Pt}]}function ll(n){let e=(r,o)=>n.flatMap(i=>r.flatMap(s=>{let a=i.entities.get(s);return a===void 0?[]:[{entity:a,name:o}]}));return n.every(r=>r.entities.has("sensor.energy_grid"))?e(il,n.length>1?[{type:"device"},{type:"entity"}]:{type:"entity"}):e(["sensor.lifetime_energy"],{type:"device"})}function cl(n,e){let t=n.connectors.flatMap(o=>o.entities.get("sensor.power")??[]);if(t.length===0)return[];let r=t.map(o=>({entity:o,name:{type:"device"}}));return[{type:"history-graph",title:e,hours_to_show:24,entities:r,grid_options:Pt}]}var Mt=class extends HTMLElement{static async generate(e,t){let r=await re(t),o=r("dashboard.title"),i={...e,type:Ao},s=[{title:o,path:"overview",icon:"mdi:ev-station",strategy:{...i,view:"overview"}}];return e.history!==!1&&s.push({title:r("dashboard.history"),path:"history",icon:"mdi:chart-bar",strategy:{...i,view:"history"}}),{title:o,views:s}}static async getCreateSuggestions(e){return{title:(await re(e))("dashboard.title"),icon:"mdi:ev-station"}}static getConfigElement(){return document.createElement("twc-manager-strategy-editor")}},At=class extends HTMLElement{static async generate(e,t){let r=await re(t),o=Lo(e,D(t));return e.view==="history"?No(o,r):Ho(o,r,e.compact===!0)}},Fo={type:"twc-manager",strategyType:"dashboard",name:"TWC Manager",description:"All wall connectors: what happens now, why, and what comes next",documentationURL:O};var Lt=class extends C{static properties={hass:{attribute:!1},config:{state:!0},texts:{state:!0}};setConfig(e){this.config=e}willUpdate(e){let t=e.get("hass");this.hass!==void 0&&t?.language!==this.hass.language&&oe(this.hass,r=>this.texts=r)}render(){let{hass:e,config:t,texts:r}=this;return e===void 0||t===void 0||r===void 0?u:c`<ha-form
      .hass=${e}
      .data=${ul(t)}
      .schema=${pl(e)}
      .computeLabel=${o=>r(`dashboard.editor.${o.name}`)}
      .computeHelper=${o=>r(`dashboard.editor.${o.name}_helper`)}
      @value-changed=${this.#e}
    ></ha-form>`}#e=e=>{e.stopPropagation(),this.config!==void 0&&(this.config=dl(this.config,e.detail.value),he(this,"config-changed",{config:this.config}))}};function ul(n){return{connectors:Array.isArray(n.connectors)?n.connectors:[],compact:n.compact??!1,history:n.history??!0}}function dl(n,e){let{connectors:t,compact:r,history:o,...i}=n;return{...i,...e.connectors?.length?{connectors:e.connectors}:{},...e.compact?{compact:!0}:{},...e.history===!1?{history:!1}:{}}}function pl(n){return[{name:"connectors",selector:{select:{multiple:!0,mode:"list",options:S(n).map(({deviceId:t,name:r})=>({value:t,label:r}))}}},{name:"compact",selector:{boolean:{}}},{name:"history",selector:{boolean:{}}}]}Ct(window.customCards??=[],[ce(Jn,"connector"),ce(Ir,"flow"),ce(so,"plan"),ce(Ro,"sessions")]);Ct(window.customCardFeatures??=[],[ce(Mo,"amps")]);Ct(window.customStrategies??=[],[ce(Fo,"dashboard")]);Eo({"twc-manager-connector-card":rt,"twc-manager-connector-panel":dt,"twc-manager-flow-card":ft,"twc-manager-plan-card":$t,"twc-manager-sessions-card":kt,"twc-manager-amps":Rt,"twc-manager-strategy-editor":Lt,"ll-strategy-dashboard-twc-manager":Mt,"ll-strategy-view-twc-manager":At});
